"""Images that earlier preparations decoded, found by the digests of their files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.data.packing.image_batch import checksums
from pipeline.data.packing.work_folder import finished_images

PREFIXES = "known.raw"
PREFIX = 8  # bytes of a digest that are searched for


class KnownImages:
    """Pixels and measures in the work folders of earlier preparations of the same size.

    Args:
        folders: of preparations that ended, or were interrupted.
        shape: (height, width, channels) of the pixels.
        max_pixels: of an image, as it was in its file, that is taken.
    """

    def __init__(self, folders: Sequence[Path], shape: tuple[int, int, int], max_pixels: int) -> None:
        self.max_pixels = max_pixels
        self._folders = [found for folder in folders if (found := finished_images(folder, shape))]
        prefixes = [digest_prefixes(folder.measures["digest"]) for folder in self._folders]
        self._starts = np.cumsum([0, *map(len, prefixes)])
        every = np.concatenate([np.empty(0, np.uint64), *prefixes])
        self._order = np.argsort(every, kind="stable")
        self._prefixes = every[self._order]

    def __len__(self) -> int:
        return len(self._prefixes)

    def write_prefixes(self, folder: Path) -> Path:
        """Write the first 8 bytes of each digest into a file, as sorted big-endian numbers; return its path."""
        file = folder / PREFIXES
        file.write_bytes(self._prefixes.astype(">u8").tobytes())
        return file

    def take(self, digests: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], NDArray[np.void], NDArray[np.uint8]]:
        """Return which images are there and undamaged, bool (n,), and the measures and pixels of these, in order.

        Args:
            digests: uint8 (n, 32), n > 0.
        """
        place = np.minimum(np.searchsorted(self._prefixes, digest_prefixes(digests)), len(self) - 1)
        rows = self._order[place]
        sources = np.searchsorted(self._starts, rows, side="right") - 1
        measures = np.empty(len(rows), self._folders[0].measures.dtype)
        pixels = np.empty((len(rows), *self._folders[0].shards.shape), np.uint8)
        for source in np.unique(sources):
            chosen = sources == source
            folder, positions = self._folders[source], rows[chosen] - self._starts[source]
            measures[chosen], pixels[chosen] = folder.measures[positions], folder.shards.take(positions)
        good = (measures["digest"] == digests).all(axis=1)
        good &= measures["checksum"] == checksums(measures, pixels)  # a disk may have lost what was written last
        good &= measures["width"].astype(np.int64) * measures["height"] <= self.max_pixels
        return good, measures[good], pixels[good]


def digest_prefixes(digests: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the first 8 bytes of each of the digests, uint8 (n, 32), as numbers, uint64 (n,)."""
    return np.ascontiguousarray(digests[:, :PREFIX]).view(">u8")[:, 0].astype(np.uint64)
