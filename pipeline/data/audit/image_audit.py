"""All findings about the images of a source, and what follows from them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.schema.audit_schema import AuditConfig
from pipeline.data.audit.cases import COLUMNS, dropped_rows, join_cases, single_cases
from pipeline.data.audit.duplicate_findings import duplicate_findings
from pipeline.data.audit.finding_kinds import BY_NAME, ORDER
from pipeline.data.audit.image_findings import brightness, image_findings
from pipeline.data.audit.near_duplicate_findings import (
    near_duplicate_findings,
    near_duplicate_pairs,
    remaining_pairs,
)


@dataclass(frozen=True)
class Audit:
    """Findings about the images of a source.

    Attributes:
        manifest: a row for each file; verdict (`ok`, `not_chosen`, or the gravest finding; one that drops the file
            comes first), reason, and position (-1: dropped) are final.
        cases: a row for each image of each case: finding, case (number within the finding), row (of the manifest),
            reason, removable (whether `drop` drops it), dropped.
        small_classes: number of images of each class with too few, after dropping.
        stops: names of the findings that are there and whose action is `stop`, gravest first.
        near_pairs: rows of the manifest that are nearly the same and not dropped, int64 (m, 2); of exact copies in one
            file or several, one stands for all. Empty if all findings about near duplicates are ignored.
    """

    manifest: pd.DataFrame
    cases: pd.DataFrame
    small_classes: dict[str, int]
    stops: list[str]
    near_pairs: NDArray[np.int64]

    @property
    def counts(self) -> dict[str, int]:
        """The number of files of each finding that is there, gravest first; of classes for `small_class`."""
        files = {str(name): int(count) for name, count in self.cases.groupby("finding")["row"].nunique().items()}
        if self.small_classes:
            files["small_class"] = len(self.small_classes)
        return {name: files[name] for name in sorted(files, key=ORDER.__getitem__)}


def audit_images(manifest: pd.DataFrame, thumbnails: NDArray[np.uint8], config: AuditConfig) -> Audit:
    """Look for all findings, and drop what the actions say.

    Args:
        manifest: a row for each file: path, label, split (the given one), digest, picture (equal numbers for equal
            pictures; -1: not decoded), width, height, spread, sharpness, verdict (of decoding or listing), reason,
            position (in the thumbnails, in ascending order; -1: not decoded).
        thumbnails: uint8 (n, side, side, 3) of the decoded images.
        config: actions and limits.
    """
    manifest = manifest.copy()
    images = _readable(manifest, thumbnails)
    frames = [_listed(manifest)]
    pairs = near_duplicate_pairs(images, thumbnails, config)
    if len(images):
        frames += image_findings(images, config)
        frames += duplicate_findings(images[~images.index.isin(dropped_rows(frames))], config)
        frames += near_duplicate_findings(pairs, images, dropped_rows(frames), config)
    cases = join_cases(frame for frame in frames if len(frame) and _action(config, frame) != "ignore")
    _decide(manifest, cases)
    manifest["brightness"] = images["brightness"].reindex(manifest.index)
    small = _small_classes(manifest, config)
    there = {*cases["finding"], *(["small_class"] if small else [])}
    stops = [name for name in sorted(there, key=ORDER.__getitem__) if getattr(config, name) == "stop"]
    near = remaining_pairs(pairs, manifest.loc[manifest["position"] >= 0, "picture"])
    return Audit(manifest, cases, small, stops, near)


def _readable(manifest: pd.DataFrame, thumbnails: NDArray[np.uint8]) -> pd.DataFrame:
    images = manifest[manifest["position"] >= 0].copy()
    images[["low", "brightness", "high"]] = brightness(thumbnails)
    images["side"] = sides(manifest)[images.index]
    return images


def sides(manifest: pd.DataFrame) -> pd.Series:
    """Return each file's split; where a source gives splits, `train` for those without one; else ''."""
    return manifest["split"].fillna("train" if manifest["split"].notna().any() else "")


def _listed(manifest: pd.DataFrame) -> pd.DataFrame:
    """Return the cases that listing and decoding found."""
    rows = manifest[manifest["verdict"].isin(BY_NAME)]
    if not len(rows):
        return pd.DataFrame(columns=list(COLUMNS))
    frames = [single_cases(str(name), part.index.to_numpy(), part["reason"], "drop")
              for name, part in rows.groupby("verdict")]  # fmt: skip
    return join_cases(frames)


def _action(config: AuditConfig, cases: pd.DataFrame) -> str:
    return str(getattr(config, cases["finding"].iloc[0]))


def _decide(manifest: pd.DataFrame, cases: pd.DataFrame) -> None:
    """Write each image's gravest finding into the manifest; one that drops it is graver than one that does not."""
    graver = cases.assign(order=cases["finding"].map(ORDER)).sort_values(["dropped", "order"], ascending=[False, True])
    first = graver.drop_duplicates("row").set_index("row")
    manifest.loc[first.index, "verdict"] = first["finding"]
    manifest.loc[first.index, "reason"] = first["reason"]
    manifest.loc[first.index[first["dropped"].astype(bool)], "position"] = -1


def _small_classes(manifest: pd.DataFrame, config: AuditConfig) -> dict[str, int]:
    if config.small_class == "ignore":
        return {}
    kept = manifest[manifest["position"] >= 0]["label"].value_counts()
    known = manifest.loc[manifest["label"].notna() & (manifest["label"] != ""), "label"].unique()
    counts = {str(name): int(kept.get(name, 0)) for name in sorted(known)}
    return {name: count for name, count in counts.items() if count < config.limits.class_images}
