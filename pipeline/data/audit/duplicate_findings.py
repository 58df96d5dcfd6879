"""Findings about images that are the same, by the numbers of their pictures."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.config.schema.audit_schema import AuditConfig
from pipeline.data.audit.cases import COLUMNS

PRIORITY = {"test": 2, "validation": 1}  # of two copies, the one in the split of the higher number can stay
NAMED = 8  # classes in a reason


def split_priority(side: str) -> int:
    """Return how much a copy in this given split is to be kept: test before validation before training."""
    return PRIORITY.get(side, 0)


def duplicate_findings(images: pd.DataFrame, config: AuditConfig) -> Iterator[pd.DataFrame]:
    """Yield the cases of label_conflict, split_leak, group_leak and exact_duplicate.

    Args:
        images: the readable rows of the manifest, with picture, label, group and side (the given split; '' where the
            source gives none).
        config: actions.
    """
    columns = images[["picture", "label", "side"]]
    copies = columns[columns.duplicated("picture", keep=False)].rename_axis("row").reset_index()
    same = copies.groupby("picture", sort=False)
    conflicts = copies[same["label"].transform("nunique") > 1]
    reasons = "the same pixels are in the classes " + _names(conflicts, "label")
    yield _cases("label_conflict", conflicts, ["picture"], reasons, True, config)
    leaks = copies[same["side"].transform("nunique") > 1]
    reasons = "the same pixels are in " + _names(leaks, "side")
    yield _cases("split_leak", leaks, ["picture"], reasons, _lower(leaks, "picture"), config)
    grouped = images.loc[images["group"].notna(), ["group", "side"]].rename_axis("row").reset_index()
    spread = grouped[grouped.groupby("group", sort=False)["side"].transform("nunique") > 1]
    reasons = "images of the group " + spread["group"].astype(str) + " are in " + _names(spread, "side", "group")
    yield _cases("group_leak", spread, ["group"], reasons, _lower(spread, "group"), config)
    keys = ["picture", "label", "side"]
    counts = copies.groupby(keys, sort=False)["row"].transform("size")
    repeats = copies[counts > 1]
    times = "the same pixels " + counts[counts > 1].astype(str) + " times"
    yield _cases("exact_duplicate", repeats, keys, times, repeats.duplicated(keys), config)


def _cases(
    finding: str,
    rows: pd.DataFrame,
    keys: list[str],
    reasons: "pd.Series[str]",
    removable: "pd.Series[bool] | bool",
    config: AuditConfig,
) -> pd.DataFrame:
    """Return a case for each group of rows with the same keys, its rows together."""
    flags = np.broadcast_to(np.asarray(removable, bool), len(rows))
    values = {
        "finding": finding,
        "case": rows.groupby(keys, sort=False).ngroup(),
        "row": rows["row"],
        "reason": reasons,
        "removable": flags,
        "dropped": flags & (getattr(config, finding) == "drop"),
    }
    return pd.DataFrame(values, columns=list(COLUMNS)).sort_values("case", kind="stable", ignore_index=True)


def _lower(rows: pd.DataFrame, key: str) -> "pd.Series[bool]":
    """Return whether another row with the same key is in a split of higher priority."""
    priority = rows["side"].map(split_priority)
    return priority < priority.groupby(rows[key]).transform("max")


def _names(rows: pd.DataFrame, column: str, key: str = "picture") -> "pd.Series[str]":
    """Return, for each row, the different values of a column among the rows with its key, joined by `and`."""
    distinct = rows.drop_duplicates([key, column])
    joined = distinct.groupby(key, sort=False)[column].agg(lambda names: " and ".join(names.iloc[:NAMED]))
    return rows[key].map(joined).astype(str)
