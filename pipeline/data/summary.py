"""Counts of prepared data, for DVC's metrics and for the reader."""

from typing import Any

import pandas as pd

from pipeline.data.record import SPLITS

SHOWN = 5  # unreadable files named in the terminal; the manifest has them all


def summarize(manifest: pd.DataFrame, classes: list[str], digest: str) -> dict[str, Any]:
    """Return how many images there are by split and class, and how many could not be read."""
    packed = manifest[manifest["position"] >= 0]
    return {
        "images": {split: int((packed["split"] == split).sum()) for split in SPLITS},
        "classes": len(classes),
        "unreadable": int((manifest["position"] < 0).sum()),
        "smallest_class": int(packed["label"].value_counts().min()),
        "largest_class": int(packed["label"].value_counts().max()),
        "digest": digest[:12],
    }


def unreadable_lines(manifest: pd.DataFrame) -> list[str]:
    """Return a line for each of the first unreadable files, and one for the rest."""
    bad = manifest[manifest["position"] < 0]
    lines = [f"warning: left out {row.path}: {row.verdict}" for row in bad.head(SHOWN).itertuples()]
    if len(bad) > SHOWN:
        lines.append(f"warning: left out {len(bad) - SHOWN} more; see verdict in the manifest")
    return lines
