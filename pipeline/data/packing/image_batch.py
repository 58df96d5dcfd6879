"""What comes out of decoding consecutive images of a listing."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.data.audit.similarity.thumbnail import SIDE

# What is kept of each decoded image. `digest`: SHA-256 of the file, or of size and pixels where a source has arrays;
# `picture`: SHA-256 of original size and decoded pixels, so that equal pictures in different files have the same;
# `width`, `height`: original, upright, in pixels; `reduced`: whether a JPEG decoder left out pixels;
# `spread`, `sharpness`, `thumbnail`: see ImageMeasures; `checksum`: of all these and the resized pixels.
MEASURES = np.dtype(
    [
        ("digest", "u1", 32),
        ("picture", "u1", 32),
        ("width", "<i4"),
        ("height", "<i4"),
        ("spread", "<f4"),
        ("sharpness", "<f4"),
        ("reduced", "?"),
        ("thumbnail", "u1", (SIDE, SIDE, 3)),
        ("checksum", "<u4"),
    ]
)


@dataclass(frozen=True)
class ImageBatch:
    """Consecutive images of a listing, in its order.

    Attributes:
        start: index of the first in the listing's records.
        digests: uint8 (n, 32), as in MEASURES; zeros where a file cannot be read.
        known: bool (n,): the digest was known, so that the image was not decoded.
        failures: verdict and reason of those that cannot be decoded, by their place in the batch (0 to n - 1).
        measures: MEASURES (d,) of the others, in order.
        pixels: uint8 (d, height, width, channels) of these; None where no size was asked for.
    """

    start: int
    digests: NDArray[np.uint8]
    known: NDArray[np.bool_]
    failures: Mapping[int, tuple[str, str]]
    measures: NDArray[np.void]
    pixels: NDArray[np.uint8] | None


def checksums(measures: NDArray[np.void], pixels: NDArray[np.uint8] | None) -> NDArray[np.uint32]:
    """Return the CRC-32 of each image's measures and resized pixels, uint32 (n,).

    Args:
        measures: MEASURES (n,), whose checksums do not count.
        pixels: uint8 (n, height, width, channels), or None.
    """
    rows = measures.copy()
    rows["checksum"] = 0
    size = MEASURES.itemsize
    data = memoryview(rows.tobytes())
    values = [zlib.crc32(data[start : start + size]) for start in range(0, len(data), size)]
    if pixels is not None:
        values = [zlib.crc32(np.ascontiguousarray(one).data, value) for one, value in zip(pixels, values, strict=True)]
    return np.array(values, np.uint32)
