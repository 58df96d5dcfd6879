"""What comes out of decoding consecutive images of a listing."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.data.audit.similarity.thumbnail import SIDE

# What is kept of each decoded image. `digest`: SHA-256 of the file, or of size and pixels where a source has arrays;
# `picture`: SHA-256 of original size and resized pixels, so that equal pictures in different files have the same;
# `width`, `height`: original, upright, in pixels; `reduced`: whether a JPEG decoder left out pixels;
# `spread`, `sharpness`, `thumbnail`: see ImageMeasures.
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
