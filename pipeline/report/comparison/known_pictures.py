"""Pictures of images that the project has prepared, found by the digest of their files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.base.paths import PREPARED
from pipeline.data.dataset import Dataset


class KnownPictures:
    """The prepared images of a project; there may be none.

    Args:
        root: the project's folder.
    """

    def __init__(self, root: Path) -> None:
        self._dataset: Dataset | None = None
        try:
            self._dataset = Dataset(root / PREPARED)
        except (PipelineError, OSError):  # not prepared, or being prepared
            return
        packed = self._dataset.manifest[self._dataset.manifest["position"] >= 0]
        self._positions = packed.drop_duplicates("digest").set_index("digest")["position"]

    def find(self, digests: Sequence[str]) -> dict[str, NDArray[np.uint8]]:
        """Return the pictures that are there, uint8 (rows, columns, 3), by digest.

        Args:
            digests: of the files.
        """
        if self._dataset is None:
            return {}
        positions = self._positions.reindex(list(digests)).dropna().astype("int64")
        images = self._dataset.shards.take(positions.to_numpy())
        if images.shape[-1] == 1:
            images = np.repeat(images, 3, axis=-1)
        return dict(zip(positions.index, images, strict=True))
