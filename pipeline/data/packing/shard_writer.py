"""Images appended to .npy files of a fixed number of images each."""

import io
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.data.shards import shard_file

SHARD_BYTES = 64 * 2**20  # of the images in one file, at least


def write_shards(folder: Path, images: Iterable[NDArray[np.uint8]]) -> int:
    """Pack `images`, all uint8 (height, width, channels), into `folder`/images-NNNNN.npy; return how many."""
    writer = None
    for image in images:
        writer = writer or ShardWriter(folder, image.shape)
        writer.append(image[None])
    if writer:
        writer.close()
    return writer.images if writer else 0


def images_per_shard(shape: tuple[int, ...]) -> int:
    """Return how many images of `shape`, (height, width, channels), each file holds; the last one may hold fewer."""
    return -(-SHARD_BYTES // math.prod(shape))


class ShardWriter:
    """Appends images to `folder`/images-NNNNN.npy.

    The files are the same whatever the sizes of the batches, and however often writing was interrupted and resumed.
    They are changed in place, so they must not be linked to another place before `close`.

    Example:
        >>> with ShardWriter(folder, (32, 32, 3)) as writer:
        ...     writer.append(pixels)

    Args:
        folder: that exists. Of the shards in it, what follows the first `images` images is removed.
        shape: of one image: (height, width, channels).
        images: how many images of an earlier writer to keep; the next ones follow them.

    Attributes:
        images: how many the shards hold, those kept included.

    Raises:
        ValueError: the folder holds fewer than `images` images of this shape.
    """

    def __init__(self, folder: Path, shape: tuple[int, ...], images: int = 0) -> None:
        self.folder, self.shape, self.images = folder, shape, 0
        self._most = images_per_shard(shape)
        kept = [shard_file(folder, number) for number in range(-(-images // self._most))]
        for number, file in enumerate(kept):
            self.images = min(images, (number + 1) * self._most)
            if not _holds(file, shape, self.images - number * self._most):
                raise ValueError(f"{folder} holds fewer than {images} images of the shape {shape}")
            self.close()
        for file in set(folder.glob("images-*.npy")) - set(kept):
            file.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def append(self, pixels: NDArray[np.uint8]) -> None:
        """Append images, uint8 (n, height, width, channels).

        Raises:
            ValueError: they have another type or shape.
        """
        if pixels.dtype != np.uint8 or pixels.shape[1:] != self.shape:
            raise ValueError(f"images must be uint8 {self.shape}, not {pixels.dtype} {pixels.shape[1:]}")
        start = 0
        while start < len(pixels):
            number, held = divmod(self.images, self._most)
            part = np.ascontiguousarray(pixels[start : start + self._most - held])
            header = _header(self.shape, held)
            with shard_file(self.folder, number).open("r+b" if held else "wb") as handle:
                if not held:
                    handle.write(header)
                handle.seek(len(header) + held * math.prod(self.shape))
                handle.write(part.data)
            start, self.images = start + len(part), self.images + len(part)
            if held + len(part) == self._most:
                self.close()

    def close(self) -> None:
        """Complete the last file; `append` may still follow."""
        if not self.images:
            return
        number, last = divmod(self.images - 1, self._most)
        header = _header(self.shape, last + 1)
        with shard_file(self.folder, number).open("r+b") as handle:
            handle.write(header)
            handle.truncate(len(header) + (last + 1) * math.prod(self.shape))


def _header(shape: tuple[int, ...], images: int) -> bytes:
    """Return the header that np.save writes, whose length does not depend on the number of images."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (images, *shape)})
    return header.getvalue()


def _holds(file: Path, shape: tuple[int, ...], images: int) -> bool:
    """Return whether a file has at least `images` images of this shape, whatever number its header says."""
    if not file.is_file():
        return False
    with file.open("rb") as handle:
        try:
            np.lib.format.read_magic(handle)
            found, _, dtype = np.lib.format.read_array_header_1_0(handle)
        except ValueError:
            return False
        room = file.stat().st_size - handle.tell()
    return found[1:] == shape and dtype == np.uint8 and room >= images * math.prod(shape)
