"""Random access to images that are packed into few .npy files."""

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.base.stage_files.stage_output import whole_output
from pipeline.data.packing.mapped_file import map_file

AXES = 4  # image, row, column, channel


class Shards:
    """Random access to packed images by their position over all shards, in the order they were written.

    The files are mapped into memory. Any number of threads may read at once.

    Args:
        folder: that holds images-NNNNN.npy, each but the last one with the same number of images.

    Attributes:
        shape: of one image: (height, width, channels).

    Raises:
        PipelineError: the folder holds no shards, or one is missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        names = {file.name for file in folder.glob("images-*.npy")}
        files = [shard_file(folder, number) for number in range(max(1, len(names)))]
        if missing := [file.name for file in files if file.name not in names]:
            raise PipelineError(f"{folder} lacks {missing[0]}; make it again with: dvc repro --force prepare")
        first, last = (_header(file) for file in (files[0], files[-1]))
        self.shape: tuple[int, ...] = first.shape[1:]
        self._per_shard, self._length = len(first), (len(files) - 1) * len(first) + len(last)
        counts = [len(first)] * (len(files) - 1) + [len(last)]
        self._images = [_images_of(file, first.offset, n, self.shape) for file, n in zip(files, counts, strict=True)]

    def __len__(self) -> int:
        return self._length

    def take(self, positions: NDArray[np.integer]) -> NDArray[np.uint8]:
        """Return the images at `positions` as one array, uint8 (n, height, width, channels).

        Raises:
            IndexError: there is no image at a position.
        """
        if len(positions) and not 0 <= positions.min() <= positions.max() < self._length:
            raise IndexError(f"a position is outside of the {self._length} images in {self.folder}")
        shards, places = np.divmod(positions, self._per_shard)
        if len(self._images) == 1 or not len(positions):
            images = self._images[0][places]
        else:
            each = zip(shards.tolist(), places.tolist(), strict=True)
            images = np.concatenate([self._images[shard][place] for shard, place in each])
        return images.reshape(len(positions), *self.shape)


def shard_file(folder: Path, number: int) -> Path:
    """Return where the shard with a number, from 0, lies in a folder."""
    return folder / f"images-{number:05d}.npy"


def _header(file: Path) -> "np.memmap[Any, np.dtype[np.uint8]]":
    """Return a shard as NumPy maps it, with its shape and where its images begin."""
    with whole_output(file, "prepare"):
        mapped = np.load(file, mmap_mode="r")
        if mapped.dtype != np.uint8 or mapped.ndim != AXES:
            raise ValueError("it holds no images")
        return mapped  # type: ignore[no-any-return]


def _images_of(file: Path, start: int, count: int, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Map the first `count` images of a shard, (count, height × width × channels), which begin at byte `start`."""
    size = math.prod(shape)
    with whole_output(file, "prepare"):
        return map_file(file)[start : start + count * size].reshape(count, size)
