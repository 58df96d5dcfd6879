"""The final manifest: which images are used, and in which split."""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable
from pipeline.config.schema.data_schema import DataConfig
from pipeline.data.audit.finding_kinds import NOT_CHOSEN
from pipeline.data.audit.image_audit import Audit
from pipeline.data.dataset import DatasetInfo, write_dataset_info
from pipeline.data.pack import preprocessing_of
from pipeline.data.record import SPLITS, Split
from pipeline.data.sources.tables.further_columns import PREFIX
from pipeline.data.splits.assignment import Fold, assign_splits
from pipeline.data.splits.units import equal_pairs

MEASURED_ONLY = ["spread", "picture"]  # not kept
HELD_OUT = "a test image of the source: data.folds uses the others"
AUDIT_ONLY = ["sharpness", "verdict", "reason", "brightness"]  # not kept with the images, or a warning would train anew


def split_images(
    audit: Audit, classes: list[str], config: DataConfig, folder: Path
) -> tuple[DatasetInfo, pd.DataFrame]:
    """Split packed images and write the data set's facts beside them; return the facts and the manifest.

    The manifest that is returned has the columns of the audit and further ones of the source's table too; the one
    beside the images has not, so that training does not depend on them.

    Args:
        audit: of the packed images.
        classes: class names in index order.
        config: of the data.
        folder: of the shards.

    Raises:
        PipelineError: a class of which no image is left, an empty split.
    """
    manifest = audit.manifest.drop(columns=MEASURED_ONLY)
    numbers = pd.Categorical(manifest["label"], classes).codes  # -1 for a file without a class
    manifest.insert(2, "class_index", numbers.astype("int32"))
    _refuse_classes_without_images(manifest, classes)
    _split(manifest, audit, config)
    tied = len(np.unique(audit.near_pairs)) if config.split.near_duplicates else 0
    _refuse_empty_splits(manifest, config.folds, tied)
    further = [column for column in manifest.columns if column.startswith(PREFIX)]
    kept = manifest.drop(columns=[*AUDIT_ONLY, *further])
    info = write_dataset_info(folder, config.name, kept, classes, preprocessing_of(config))
    return info, manifest


def _split(manifest: pd.DataFrame, audit: Audit, config: DataConfig) -> None:
    """Write the final splits into the manifest; test images of the source are not used if there are folds."""
    images = manifest[manifest["position"] >= 0]
    given: list[Split | None] = images["split"].astype(object).where(images["split"].notna(), None).tolist()
    near = audit.near_pairs if config.split.near_duplicates else audit.near_pairs[:0]
    places = images.index.get_indexer(pd.Index(near.ravel())).reshape(-1, 2)
    pairs = np.concatenate([places, equal_pairs(audit.manifest["picture"][images.index])])
    fold = Fold(config.fold, config.folds) if config.folds else None
    assigned = assign_splits(images["digest"], images["label"], given, config.split, images["group"], pairs, fold)
    manifest["split"] = pd.Series(assigned, images.index, dtype=object).reindex(manifest.index)
    held = images.index[manifest.loc[images.index, "split"].isna()]
    manifest.loc[held, ["verdict", "reason", "position"]] = NOT_CHOSEN, HELD_OUT, -1


def _refuse_classes_without_images(manifest: pd.DataFrame, classes: list[str]) -> None:
    kept = set(manifest.loc[manifest["position"] >= 0, "label"].unique())
    if empty := [name for name in classes if name not in kept]:
        rows = manifest[manifest["label"] == empty[0]]
        example = f" ({printable(rows.iloc[0]['path'])}: {_why(rows.iloc[0])})" if len(rows) else ""
        raise PipelineError(
            f"no image of class {empty[0]!r} is left{example}; fix or remove the class, or change what data.audit drops"
        )


def _why(row: pd.Series) -> str:
    return f"{row['verdict']}: {row['reason']}"


def _refuse_empty_splits(manifest: pd.DataFrame, folds: int | None, tied: int) -> None:
    counts = manifest["split"].value_counts()
    for split in SPLITS:
        if not counts.get(split):
            larger = "fewer data.folds" if split == "test" and folds else f"a larger data.split.{split}"
            remedy = "" if split == "train" else f" or {larger}"
            if tied:
                remedy += (
                    f"; {tied:,} images have near duplicates, which share a split: for frames of one scene, set "
                    "data.groups, or data.split.near_duplicates=false"
                )
            raise PipelineError(
                f"no image of {int(counts.sum())} falls to the {split} split; it takes more images "
                f"(or groups) per class{remedy}"
            )
    trained = set(manifest.loc[manifest["split"] == "train", "label"].unique())
    if untrained := sorted(set(manifest.loc[manifest["position"] >= 0, "label"].unique()) - trained):
        raise PipelineError(
            f"no image of class {untrained[0]!r} is left to train on; it takes more images of it, "
            f"or a smaller data.split.test and data.split.validation"
        )
