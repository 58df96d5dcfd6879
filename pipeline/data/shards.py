"""Images packed into few .npy files, read back by memory mapping."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SHARD_BYTES = 64 * 2**20  # of images held in memory while packing


def write_shards(folder: Path, images: Iterable[NDArray[np.uint8]]) -> int:
    """Pack `images`, all uint8 (height, width, channels), into `folder`/images-NNNNN.npy; return how many."""
    buffer: list[NDArray[np.uint8]] = []
    count = shard = 0
    for image in images:
        buffer.append(image)
        count += 1
        if len(buffer) * image.nbytes >= SHARD_BYTES:
            _flush(folder, shard, buffer)
            shard += 1
    if buffer:
        _flush(folder, shard, buffer)
    return count


class Shards:
    """Random access to packed images by their position over all shards, in the order they were written.

    Args:
        folder: that holds images-NNNNN.npy.

    Attributes:
        shape: of one image: (height, width, channels).
    """

    def __init__(self, folder: Path) -> None:
        self.arrays = [np.load(file, mmap_mode="r") for file in sorted(folder.glob("images-*.npy"))]
        self.shape: tuple[int, ...] = self.arrays[0].shape[1:]
        self.starts = np.cumsum([0, *(len(array) for array in self.arrays)])

    def __len__(self) -> int:
        return int(self.starts[-1])

    def take(self, positions: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the images at `positions` as one array, uint8 (n, height, width, channels)."""
        shards = np.searchsorted(self.starts, positions, side="right") - 1
        images = np.empty((len(positions), *self.shape), np.uint8)
        for shard in np.unique(shards):
            chosen = shards == shard
            images[chosen] = self.arrays[shard][positions[chosen] - self.starts[shard]]
        return images


def _flush(folder: Path, shard: int, buffer: list[NDArray[np.uint8]]) -> None:
    np.save(folder / f"images-{shard:05d}.npy", np.stack(buffer))
    buffer.clear()
