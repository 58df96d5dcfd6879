"""A table of the files to move away, and of those to look at."""

from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.base.formats.csv_table import write_csv
from pipeline.data.audit.image_audit import Audit

# A person must decide about these: both images of a pair may be right, and a dark photo may be a good one.
TO_JUDGE = {
    "label_conflict", "near_label_conflict", "near_split_leak", "near_duplicate", "uniform", "dark", "bright",
    "blurred", "odd_size", "odd_aspect",
}  # fmt: skip
OTHERS = 3  # paths beside a file, at most


def fix_list(audit: Audit) -> pd.DataFrame:
    """Return a row for each file of a case that can be removed.

    Args:
        audit: findings.

    Returns:
        suggestion (`move`, or `look` where a person must decide), path, label, finding, reason, and other: paths of
        the case's other images, of those that can stay if there are any, at most three, joined by ` | `.
    """
    cases = audit.cases
    paths = cases["row"].map(audit.manifest["path"])
    cases = cases.assign(path=paths, label=cases["row"].map(audit.manifest["label"]))
    staying = cases.sort_values("removable", kind="stable")
    members: dict[Any, list[str]] = dict(staying.groupby(["finding", "case"])["path"].agg(list).items())
    chosen = cases[cases["removable"].astype(bool)]
    places = zip(chosen["finding"], chosen["case"], chosen["path"], strict=True)
    others = [
        " | ".join(islice((path for path in members[finding, case] if path != own), OTHERS))
        for finding, case, own in places
    ]
    alone = {"split_leak", "exact_duplicate"}  # without another path, a table names one file twice
    suggestions = [
        "look" if finding in TO_JUDGE or (finding in alone and not other) else "move"
        for finding, other in zip(chosen["finding"], others, strict=True)
    ]
    columns = chosen[["path", "label", "finding", "reason"]].copy()
    columns.insert(0, "suggestion", suggestions)
    return columns.assign(other=others).reset_index(drop=True)


def write_fix_list(path: Path, audit: Audit) -> int:
    """Write `fix_list` as CSV; return the number of its rows."""
    rows = fix_list(audit)
    write_csv(rows, path, float_format=None)
    return len(rows)
