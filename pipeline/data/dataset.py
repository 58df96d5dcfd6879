"""Prepared data: shards, a manifest with a row per image, and what describes them."""

import copy
import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.base.files import read_output, write_json
from pipeline.data.record import Split
from pipeline.data.shards import Shards

MANIFEST = "manifest.parquet"
DESCRIPTION = "dataset.json"


@dataclass(frozen=True)
class Description:
    """What a model must know of its data: class names in index order, image shape, a digest of it all."""

    name: str
    classes: list[str]
    shape: list[int]
    digest: str


class Dataset:
    """The prepared images under a folder.

    Attributes:
        description: class names, shape (height, width, channels), digest.
        manifest: one row per image of the source: path, label, class_index, split, digest, width, height,
            verdict, position (in the shards; -1 where the image was not packed).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.description = Description(**read_output(folder / DESCRIPTION, "prepare"))
        self.manifest = pd.read_parquet(folder / MANIFEST)
        self.shards = Shards(folder)

    def sample(self, images: int | None) -> "Dataset":
        """Return the same data with so many of its training images (None or too many: all), classes in proportion.

        Which ones is decided by the digests of their contents. Every class keeps at least one.

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
        """Return a digest of the data and of where in the shards each training image is: batches are drawn by place."""
        rows = self.rows("train")
        places = "\n".join(rows["digest"] + " " + rows["position"].astype(str))
        return hashlib.sha256(f"{self.description.digest}\n{places}".encode()).hexdigest()

    def rows(self, split: Split) -> pd.DataFrame:
        """Return the manifest's rows of the packed images of one split, in the manifest's order."""
        manifest = self.manifest
        return manifest[(manifest["split"] == split) & (manifest["position"] >= 0)]

    def indices(self, split: Split) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return the positions in the shards and the class indices of one split's images."""
        rows = self.rows(split)
        return rows["position"].to_numpy(np.int64), rows["class_index"].to_numpy(np.int32)


def describe(
    folder: Path, name: str, manifest: pd.DataFrame, classes: list[str], shape: list[int], resize: str
) -> Description:
    """Write the manifest and its description into `folder`; return the description.

    The digest covers shape, way of resizing, classes, and each packed image's content, class and split, in any order.
    """
    packed = manifest[manifest["position"] >= 0]
    lines = sorted(packed["digest"] + " " + packed["class_index"].astype(str) + " " + packed["split"])
    digest = hashlib.sha256("\n".join([str(shape), resize, *map(repr, classes), *lines]).encode()).hexdigest()
    description = Description(name, classes, shape, digest)
    manifest.to_parquet(folder / MANIFEST, index=False)
    write_json(folder / DESCRIPTION, asdict(description))
    return description
