"""Counts of prepared images, for DVC's metrics and for the terminal."""

from typing import Any

import pandas as pd

from pipeline.data.record import SPLITS

SHOWN = 5  # unreadable files named in the terminal; the manifest names them all


def count_images(manifest: pd.DataFrame, classes: list[str], digest: str) -> dict[str, Any]:
    """Return the number of images by split and class, and of unreadable ones.

    Args:
        manifest: one row per image of the source.
        classes: class names.
        digest: of the data set.
    """
    packed = manifest[manifest["position"] >= 0]
    return {
        "images": {split: int((packed["split"] == split).sum()) for split in SPLITS},
        "classes": len(classes),
        "unreadable": int((manifest["position"] < 0).sum()),
        "smallest_class": int(packed["label"].value_counts().min()),
        "largest_class": int(packed["label"].value_counts().max()),
        "digest": digest[:12],
    }


def unreadable_warnings(manifest: pd.DataFrame) -> list[str]:
    """Return a warning for each of the first unreadable files, and one for the rest."""
    bad = manifest[manifest["position"] < 0]
    lines = [f"warning: left out {row.path}: {row.verdict}" for row in bad.head(SHOWN).itertuples()]
    if len(bad) > SHOWN:
        lines.append(f"warning: left out {len(bad) - SHOWN} more; see verdict in the manifest")
    return lines
