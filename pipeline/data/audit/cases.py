"""Cases of findings: which images belong to each, why, and which of them are dropped."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

COLUMNS = ("finding", "case", "row", "reason", "removable", "dropped")


def single_cases(finding: str, rows: Sequence[int] | np.ndarray, reasons: Iterable[str], action: str) -> pd.DataFrame:
    """Return one case for each image.

    Args:
        finding: its name.
        rows: of the manifest.
        reasons: one for each.
        action: that `data.audit` gives the finding; only `drop` drops.
    """
    rows = np.asarray(rows, np.int64)
    values = {
        "finding": finding,
        "case": np.arange(len(rows)),
        "row": rows,
        "reason": list(reasons),
        "removable": True,
        "dropped": action == "drop",
    }
    return pd.DataFrame(values, columns=list(COLUMNS))


def group_cases(
    finding: str,
    groups: Sequence[Sequence[int]],
    reasons: Sequence[str],
    removable: Sequence[Sequence[bool]],
    action: str,
) -> pd.DataFrame:
    """Return one case for each group of images.

    Args:
        finding: its name.
        groups: rows of the manifest.
        reasons: one for each group.
        removable: for each image of each group, whether `drop` drops it.
        action: that `data.audit` gives the finding.
    """
    flags = np.array([flag for group in removable for flag in group], bool)
    sizes = [len(group) for group in groups]
    values = {
        "finding": finding,
        "case": np.repeat(np.arange(len(groups)), sizes),
        "row": np.array([row for group in groups for row in group], np.int64),
        "reason": np.repeat(np.array(reasons, object), sizes),
        "removable": flags,
        "dropped": flags & (action == "drop"),
    }
    return pd.DataFrame(values, columns=list(COLUMNS))


def join_cases(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return all cases in one table."""
    some = [frame for frame in frames if len(frame)]
    return pd.concat(some, ignore_index=True) if some else pd.DataFrame(columns=list(COLUMNS))


def dropped_rows(frames: Iterable[pd.DataFrame]) -> set[int]:
    """Return the rows of the manifest that the cases drop: of their copies, another must stay."""
    return {int(row) for frame in frames for row in frame.loc[frame["dropped"].astype(bool), "row"]}
