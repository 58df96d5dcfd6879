"""Prepared data: shards, a manifest with a row per image, and a few facts about them."""

import copy
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.base.digests import lines_digest, text_digest
from pipeline.base.errors import PipelineError
from pipeline.base.files import write_json
from pipeline.base.stage_files.stage_output import read_stage_output, read_stage_table
from pipeline.data.record import Split
from pipeline.data.shards import Shards
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.model_spec import ModelSpec

MANIFEST = "manifest.parquet"
INFO = "dataset.json"
BLOCK = 65_536  # lines that are Python strings at a time


@dataclass(frozen=True)
class DatasetInfo:
    """What a model needs to know about its data.

    Attributes:
        name: of the data set.
        classes: class names in index order.
        shape: (height, width, channels) of an image, in pixels.
        resize: how images were brought to that size.
        digest: SHA-256 of all contents, classes and splits, in hex.
    """

    name: str
    classes: list[str]
    shape: list[int]
    resize: str
    digest: str

    @property
    def model_spec(self) -> ModelSpec:
        """What must travel with a network that was trained on these data."""
        height, width, channels = self.shape
        return ModelSpec(self.name, tuple(self.classes), Preprocessing(height, width, channels, self.resize))


class Dataset:
    """The prepared images under a folder.

    Args:
        folder: that `prepare` wrote, such as outputs/prepare/images.

    Attributes:
        info: class names, image shape, digest.
        manifest: one row per file of the source: path, label, class_index (-1 where it has no class), split, group,
            weight, digest, width, height, position (in the shards; -1 where the image is not used).

    Raises:
        PipelineError: there is no prepared data in the folder, or that of another version.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.info = DatasetInfo(**read_stage_output(folder / INFO, "prepare"))
        except TypeError:
            raise PipelineError(f"{folder} was prepared by another version; run: dvc repro prepare") from None
        self.manifest = read_stage_table(folder / MANIFEST, "prepare")
        self.shards = Shards(folder)

    def subset(self, images: int | None) -> "Dataset":
        """Return the same data with only `images` training images, each class in proportion and none empty.

        The digests of the images' contents decide which ones.

        Args:
            images: how many; None, or more than there are: all.

        Raises:
            PipelineError: there are more classes than `images`.
        """
        rows = self.rows("train").sort_values(["digest", "position"])
        if images is None or images >= len(rows):
            return self
        by_class = rows.groupby("class_index")["digest"]
        if images < by_class.ngroups:
            raise PipelineError(f"{images} images are too few for {by_class.ngroups} classes: search.images")
        place = (by_class.cumcount() + 0.5) / by_class.transform("size")
        place[by_class.cumcount() == 0] = 0.0
        kept = place.sort_values(kind="stable").index[:images]
        fewer = copy.copy(self)
        fewer.manifest = self.manifest[(self.manifest["split"] != "train") | self.manifest.index.isin(kept)]
        return fewer

    def training_digest(self) -> str:
        """Return a digest of the data and of each training image's place in the shards, which decides its batch."""
        rows = self.rows("train")
        places = "\n".join(rows["digest"] + " " + rows["position"].astype(str))
        return text_digest(f"{self.info.digest}\n{places}")

    def rows(self, split: Split) -> pd.DataFrame:
        """Return the manifest's rows of the packed images of one split, in the manifest's order."""
        return self.manifest[self._packed(split)]

    def training_weights(self) -> NDArray[np.float32] | None:
        """Return the weight of each training image's loss, 1 on average, (n,); None where all have the same."""
        if "weight" not in self.manifest:
            return None
        weights = self.manifest.loc[self._packed("train"), "weight"]
        if weights.nunique() < 2:
            return None
        return (weights / weights.mean()).to_numpy(np.float32)

    def indices(self, split: Split) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return the positions in the shards and the class indices of one split's images."""
        packed = self._packed(split)  # of all columns, the rows would be a copy of most of the manifest
        positions, labels = self.manifest.loc[packed, "position"], self.manifest.loc[packed, "class_index"]
        return positions.to_numpy(np.int64), labels.to_numpy(np.int32)

    def _packed(self, split: Split) -> "pd.Series[bool]":
        return (self.manifest["split"] == split) & (self.manifest["position"] >= 0)


def write_dataset_info(
    folder: Path, name: str, manifest: pd.DataFrame, classes: list[str], preprocessing: Preprocessing
) -> DatasetInfo:
    """Write the manifest and the data set's facts into `folder`; return the facts.

    Args:
        folder: where.
        name: of the data set.
        manifest: one row per image of the source.
        classes: class names in index order.
        preprocessing: how images were brought to their size.

    Returns:
        The facts, with a digest of shape, resize, classes, and each packed image's content, class, split and weight
        (where it is not 1).
    """
    shape, resize = list(preprocessing.shape), preprocessing.resize
    digest = lines_digest([str(shape), resize, *map(repr, classes)], _lines(manifest[manifest["position"] >= 0]))
    info = DatasetInfo(name, classes, shape, resize, digest)
    manifest.to_parquet(folder / MANIFEST, index=False)
    write_json(folder / INFO, asdict(info))
    return info


def _lines(packed: pd.DataFrame) -> Iterator[str]:
    """Yield a line for each image, in the order of the lines."""
    lines = packed["digest"] + " " + packed["class_index"].astype("str") + " " + packed["split"].astype("str")
    weighted = packed["weight"] != 1
    lines[weighted] += packed.loc[weighted, "weight"].map(lambda weight: f" {weight!r}").astype("str")
    lines = lines.sort_values()
    for start in range(0, len(lines), BLOCK):
        yield from lines.iloc[start : start + BLOCK].to_numpy(object)
