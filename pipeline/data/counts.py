"""Counts of prepared images and of findings, for DVC's metrics and for the terminal."""

from typing import Any

import pandas as pd

from pipeline.base.printable import printable
from pipeline.config.schema.audit_schema import AuditConfig
from pipeline.data.audit.finding_kinds import BY_NAME, NOT_CHOSEN
from pipeline.data.audit.image_audit import Audit
from pipeline.data.record import SPLITS
from pipeline.data.splits.moved_images import moved_images

SHOWN = 5  # files and classes named in the terminal; the manifest and the report name them all


def count_images(manifest: pd.DataFrame, audit: Audit, classes: list[str], digest: str) -> dict[str, Any]:
    """Return the number of images by split and class, of those left out, and of files by finding.

    Args:
        manifest: one row per file of the source, with the final splits.
        audit: its findings.
        classes: class names.
        digest: of the data set.
    """
    packed = manifest[manifest["position"] >= 0]
    return {
        "images": {split: int((packed["split"] == split).sum()) for split in SPLITS},
        "classes": len(classes),
        "left_out": len(left_out(manifest)),
        "not_chosen": int((manifest["verdict"] == NOT_CHOSEN).sum()),
        "findings": audit.counts,
        "smallest_class": int(packed["label"].value_counts().min()),
        "largest_class": int(packed["label"].value_counts().max()),
        "digest": digest[:12],
    }


def audit_lines(audit: Audit, config: AuditConfig) -> list[str]:
    """Return a warning for the first files that are left out, and one for each finding whose images stay.

    Args:
        audit: findings.
        config: their actions.
    """
    dropped = left_out(audit.manifest)
    lines = [
        f"warning: left out {printable(path)}: {verdict}: {printable(reason)}"
        for path, verdict, reason in dropped[["path", "verdict", "reason"]].head(SHOWN).to_numpy()
    ]
    if len(dropped) > SHOWN:
        kinds = dropped.iloc[SHOWN:]["verdict"].value_counts()
        more = ", ".join(f"{count:,} {name}" for name, count in kinds.items())
        lines.append(f"warning: left out {len(dropped) - SHOWN:,} more: {more}")
    kept = audit.cases[audit.cases["row"].map(audit.manifest["position"]) >= 0]
    for name in audit.counts:
        files = int(kept.loc[kept["finding"] == name, "row"].nunique())
        if getattr(config, name) == "warn" and files:
            lines.append(f"warning: kept {files:,} image{'s' * (files > 1)}: {BY_NAME[name].title.lower()} ({name})")
    lines += [
        f"stop: {audit.counts[name]:,} files: {BY_NAME[name].title.lower()} ({name})"
        for name in audit.stops
        if name != "small_class"
    ]
    if audit.small_classes:
        few = [f"{printable(label)} {count}" for label, count in audit.small_classes.items()]
        rest = f" and {len(few) - SHOWN} more" if len(few) > SHOWN else ""
        lines.append(f"warning: classes with few images (small_class): {', '.join(few[:SHOWN])}{rest}")
    return lines


def left_out(manifest: pd.DataFrame) -> pd.DataFrame:
    """Return the manifest's rows of the files that a finding dropped."""
    return manifest[(manifest["position"] < 0) & (manifest["verdict"] != NOT_CHOSEN)]


def moved_line(before: pd.DataFrame, manifest: pd.DataFrame) -> str:
    """Return how many images of an earlier preparation are in another split now.

    Args:
        before: its columns digest and split.
        manifest: the present one.
    """
    after = manifest[manifest["position"] >= 0]
    found = moved_images(before, after)
    added, removed = after["digest"].nunique() - found.old, before["digest"].nunique() - found.old
    where = ", ".join(f"{count:,} from {one} to {other}" for (one, other), count in found.moves.items())
    line = f"split: {found.moved:,} of {found.old:,} earlier images moved; {added:,} were added, {removed:,} removed"
    return f"{line} (moved: {where})" if where else line
