"""Records in, a folder of prepared data out."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.base.progress import Bar
from pipeline.config.schema import DataConfig
from pipeline.data.dataset import Description, describe
from pipeline.data.images import Decoded, decode
from pipeline.data.record import SPLITS, Record
from pipeline.data.shards import write_shards
from pipeline.data.splits import assign

WINDOW = 256  # records decoded ahead of the writer


def pack(records: Sequence[Record], config: DataConfig, folder: Path) -> tuple[Description, pd.DataFrame]:
    """Read, resize and split `records` into `folder`; return the description and the manifest.

    Unreadable images are left out of the shards and stay in the manifest with their verdict.
    Memory does not grow with the number of images but for the manifest.

    Raises:
        PipelineError: fewer than two classes, a class of which nothing can be read, an empty split.
    """
    classes = sorted({record.label for record in records})
    if len(classes) < 2:
        raise PipelineError(
            f"data.source={config.source} has only the class {classes[0]!r}; a classifier needs at least two"
        )
    rows: list[dict[str, Any]] = []
    with Bar("images", len(records), "images") as bar:
        write_shards(folder, _pixels(records, config, rows, bar))
    manifest = pd.DataFrame(rows)
    manifest.insert(2, "class_index", manifest["label"].map(classes.index).astype("int32"))
    _refuse_dead_classes(manifest, classes)
    manifest["split"] = _splits(manifest, config)
    _refuse_empty_splits(manifest)
    shape = [config.height, config.width, config.channels]
    return describe(folder, config.name, manifest, classes, shape, config.resize), manifest


def _pixels(
    records: Sequence[Record], config: DataConfig, rows: list[dict[str, Any]], bar: Bar
) -> Iterator[NDArray[np.uint8]]:
    position = 0
    for image in _decoded(records, config):
        bar.advance(1)
        packed = image.pixels is not None
        rows.append(_row(image, position if packed else -1))
        if image.pixels is not None:
            position += 1
            yield image.pixels


def _decoded(records: Sequence[Record], config: DataConfig) -> Iterator[Decoded]:
    with ThreadPoolExecutor() as pool:
        for start in range(0, len(records), WINDOW):
            yield from pool.map(lambda record: decode(record, config), records[start : start + WINDOW])


def _row(image: Decoded, position: int) -> dict[str, Any]:
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


def _splits(manifest: pd.DataFrame, config: DataConfig) -> list[str | None]:
    packed = manifest[manifest["position"] >= 0]
    given = [split if isinstance(split, str) else None for split in packed["split"]]
    dealt = assign(packed["digest"].tolist(), packed["label"].tolist(), given, config.split)  # type: ignore[arg-type]
    splits: list[str | None] = [None] * len(manifest)
    for index, split in zip(packed.index, dealt, strict=True):
        splits[int(index)] = split
    return splits


def _refuse_dead_classes(manifest: pd.DataFrame, classes: Sequence[str]) -> None:
    alive = set(manifest.loc[manifest["position"] >= 0, "label"])
    if dead := [name for name in classes if name not in alive]:
        bad = manifest[manifest["label"] == dead[0]].iloc[0]
        raise PipelineError(
            f"no image of class {dead[0]!r} can be read ({bad['path']}: {bad['verdict']}); fix or remove it"
        )


def _refuse_empty_splits(manifest: pd.DataFrame) -> None:
    counts = manifest["split"].value_counts()
    for split in SPLITS:
        if not counts.get(split):
            cure = "" if split == "train" else f" or a larger data.split.{split}"
            raise PipelineError(
                f"no image of {int(counts.sum())} falls to the {split} split; it takes more images per class{cure}"
            )
    trained = set(manifest.loc[manifest["split"] == "train", "label"])
    if untrained := sorted(set(manifest["label"]) - trained):
        raise PipelineError(
            f"no image of class {untrained[0]!r} is left to train on; it takes more images of it, "
            f"or a smaller data.split.test and data.split.validation"
        )
