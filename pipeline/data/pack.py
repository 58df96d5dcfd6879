"""A listing in, a folder of prepared data and an audit out."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable
from pipeline.config.schema.audit_schema import AuditConfig
from pipeline.config.schema.data_schema import DataConfig
from pipeline.data.audit.image_audit import Audit
from pipeline.data.dataset import DatasetInfo, write_dataset_info
from pipeline.data.record import SPLITS, Split
from pipeline.data.shards import write_shards
from pipeline.data.sources.listing import Listing
from pipeline.data.split import assign_splits
from pipeline.data.survey import Survey
from pipeline.runtime.images.preprocessing import Preprocessing

MEASURED_ONLY = ["spread"]  # not kept
AUDIT_ONLY = ["sharpness", "verdict", "reason", "brightness"]  # not kept with the images, or a warning would train anew


@dataclass(frozen=True)
class PackedImages:
    """Images in shards, decoded and audited, but not split yet.

    Attributes:
        folder: of the shards.
        classes: class names in index order.
        config: of the data.
        audit: findings; its manifest has the images' positions in the shards.
    """

    folder: Path
    classes: list[str]
    config: DataConfig
    audit: Audit


def pack_images(listing: Listing, config: DataConfig, folder: Path) -> PackedImages:
    """Decode and resize the images of a listing into shards in `folder`, and audit them.

    What cannot be decoded takes no place in the shards. An image that the audit drops keeps its place, unused.

    Args:
        listing: what the source holds.
        config: size, channels, way of resizing, audit.
        folder: an empty folder.

    Raises:
        PipelineError: fewer than two classes.
    """
    if len(listing.classes) < 2:
        only = f"only the class {listing.classes[0]!r}" if listing.classes else "no class"
        raise PipelineError(f"data.source={config.source} has {only}; a classifier needs at least two")
    survey = Survey(listing, _audit_of(config), _preprocessing(config), folder)
    write_shards(folder, (image.pixels for image in survey.images() if image.pixels is not None))
    return PackedImages(folder, listing.classes, config, survey.audit())


def split_images(packed: PackedImages) -> tuple[DatasetInfo, pd.DataFrame]:
    """Split packed images and write the data set's facts beside them; return the facts and the manifest.

    The manifest that is returned has the audit's columns too; the one beside the images has not, so that training
    does not depend on them.

    Raises:
        PipelineError: a class of which no image is left, an empty split.
    """
    manifest = packed.audit.manifest.drop(columns=MEASURED_ONLY)
    numbers = {name: number for number, name in enumerate(packed.classes)}
    manifest.insert(2, "class_index", manifest["label"].map(numbers).fillna(-1).astype("int32"))
    _refuse_classes_without_images(manifest, packed.classes)
    manifest["split"] = _split(manifest, packed.config)
    _refuse_empty_splits(manifest)
    info = write_dataset_info(
        packed.folder,
        packed.config.name,
        manifest.drop(columns=AUDIT_ONLY),
        packed.classes,
        _preprocessing(packed.config),
    )
    return info, manifest


def _audit_of(config: DataConfig) -> AuditConfig:
    """Return the audit's settings; a class that is small because data.max_per_class says so is no finding."""
    limits = config.audit.limits
    fewest = min(limits.class_images, config.max_per_class or limits.class_images)
    return config.audit.model_copy(update={"limits": limits.model_copy(update={"class_images": fewest})})


def _preprocessing(config: DataConfig) -> Preprocessing:
    return Preprocessing(config.height, config.width, config.channels, config.resize)


def _split(manifest: pd.DataFrame, config: DataConfig) -> pd.Series:
    packed = manifest[manifest["position"] >= 0]
    given: list[Split | None] = [split if isinstance(split, str) else None for split in packed["split"]]  # type: ignore[misc]
    groups = [group if isinstance(group, str) else None for group in packed["group"]]
    assigned = assign_splits(packed["digest"].tolist(), packed["label"].tolist(), given, config.split, groups)
    return pd.Series(assigned, packed.index, dtype=object).reindex(manifest.index)


def _refuse_classes_without_images(manifest: pd.DataFrame, classes: list[str]) -> None:
    kept = set(manifest.loc[manifest["position"] >= 0, "label"])
    if empty := [name for name in classes if name not in kept]:
        rows = manifest[manifest["label"] == empty[0]]
        example = f" ({printable(rows.iloc[0]['path'])}: {_why(rows.iloc[0])})" if len(rows) else ""
        raise PipelineError(
            f"no image of class {empty[0]!r} is left{example}; fix or remove the class, or change what data.audit drops"
        )


def _why(row: pd.Series) -> str:
    return f"{row['verdict']}: {row['reason']}"


def _refuse_empty_splits(manifest: pd.DataFrame) -> None:
    counts = manifest["split"].value_counts()
    for split in SPLITS:
        if not counts.get(split):
            remedy = "" if split == "train" else f" or a larger data.split.{split}"
            raise PipelineError(
                f"no image of {int(counts.sum())} falls to the {split} split; it takes more images "
                f"(or groups) per class{remedy}"
            )
    trained = set(manifest.loc[manifest["split"] == "train", "label"])
    if untrained := sorted(set(manifest.loc[manifest["position"] >= 0, "label"]) - trained):
        raise PipelineError(
            f"no image of class {untrained[0]!r} is left to train on; it takes more images of it, "
            f"or a smaller data.split.test and data.split.validation"
        )
