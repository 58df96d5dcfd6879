"""Records in, a folder of prepared data out."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.base.progress_bar import ProgressBar
from pipeline.config.schema.data_schema import DataConfig
from pipeline.data.dataset import DatasetInfo, write_dataset_info
from pipeline.data.decoded_image import DecodedImage, decode_image
from pipeline.data.record import SPLITS, Record
from pipeline.data.shards import write_shards
from pipeline.data.split import assign_splits
from pipeline.runtime.images.preprocessing import Preprocessing

WINDOW = 256  # records decoded ahead of the writer


def pack_images(records: Sequence[Record], config: DataConfig, folder: Path) -> tuple[DatasetInfo, pd.DataFrame]:
    """Decode, resize and split `records` into `folder`; return the data set's facts and the manifest.

    Unreadable images are left out of the shards and stay in the manifest with their verdict.
    Apart from the manifest, memory does not grow with the number of images.

    Args:
        records: the source's images.
        config: size, channels, way of resizing, split.
        folder: an empty folder.

    Raises:
        PipelineError: fewer than two classes, a class of which nothing can be read, an empty split.
    """
    classes = sorted({record.label for record in records})
    if len(classes) < 2:
        raise PipelineError(
            f"data.source={config.source} has only the class {classes[0]!r}; a classifier needs at least two"
        )
    rows: list[dict[str, Any]] = []
    with ProgressBar("images", len(records), "images") as bar:
        write_shards(folder, _pixels(records, config, rows, bar))
    manifest = pd.DataFrame(rows)
    manifest.insert(2, "class_index", manifest["label"].map(classes.index).astype("int32"))
    _refuse_unreadable_classes(manifest, classes)
    manifest["split"] = _split(manifest, config)
    _refuse_empty_splits(manifest)
    return write_dataset_info(folder, config.name, manifest, classes, _preprocessing(config)), manifest


def _preprocessing(config: DataConfig) -> Preprocessing:
    return Preprocessing(config.height, config.width, config.channels, config.resize)


def _pixels(
    records: Sequence[Record], config: DataConfig, rows: list[dict[str, Any]], bar: ProgressBar
) -> Iterator[NDArray[np.uint8]]:
    position = 0
    for image in _decoded(records, config):
        bar.advance(1)
        packed = image.pixels is not None
        rows.append(_row(image, position if packed else -1))
        if image.pixels is not None:
            position += 1
            yield image.pixels


def _decoded(records: Sequence[Record], config: DataConfig) -> Iterator[DecodedImage]:
    preprocessing = _preprocessing(config)
    with ThreadPoolExecutor() as pool:
        for start in range(0, len(records), WINDOW):
            yield from pool.map(lambda record: decode_image(record, preprocessing), records[start : start + WINDOW])


def _row(image: DecodedImage, position: int) -> dict[str, Any]:
    return {
        "path": image.record.path,
        "label": image.record.label,
        "split": image.record.split,
        "digest": image.digest,
        "width": image.width,
        "height": image.height,
        "verdict": image.verdict,
        "position": position,
    }


def _split(manifest: pd.DataFrame, config: DataConfig) -> list[str | None]:
    packed = manifest[manifest["position"] >= 0]
    given = [split if isinstance(split, str) else None for split in packed["split"]]
    assigned = assign_splits(packed["digest"].tolist(), packed["label"].tolist(), given, config.split)  # type: ignore[arg-type]
    splits: list[str | None] = [None] * len(manifest)
    for index, split in zip(packed.index, assigned, strict=True):
        splits[int(index)] = split
    return splits


def _refuse_unreadable_classes(manifest: pd.DataFrame, classes: Sequence[str]) -> None:
    readable = set(manifest.loc[manifest["position"] >= 0, "label"])
    if unreadable := [name for name in classes if name not in readable]:
        bad = manifest[manifest["label"] == unreadable[0]].iloc[0]
        raise PipelineError(
            f"no image of class {unreadable[0]!r} can be read ({bad['path']}: {bad['verdict']}); fix or remove it"
        )


def _refuse_empty_splits(manifest: pd.DataFrame) -> None:
    counts = manifest["split"].value_counts()
    for split in SPLITS:
        if not counts.get(split):
            remedy = "" if split == "train" else f" or a larger data.split.{split}"
            raise PipelineError(
                f"no image of {int(counts.sum())} falls to the {split} split; it takes more images per class{remedy}"
            )
    trained = set(manifest.loc[manifest["split"] == "train", "label"])
    if untrained := sorted(set(manifest["label"]) - trained):
        raise PipelineError(
            f"no image of class {untrained[0]!r} is left to train on; it takes more images of it, "
            f"or a smaller data.split.test and data.split.validation"
        )
