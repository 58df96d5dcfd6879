"""What is measured on each decoded image: a thumbnail, and how sharp and how uniform the image is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.data.audit.similarity.thumbnail import thumbnail

SHARPNESS_SIDE = 128  # of the longer side in pixels, at least, on which sharpness is measured
LEAST_SIDE = 64  # smaller images have no sharpness: their edges are those of their pixels
ROUNDING = 20 / 12  # variance of the Laplacian that rounding to whole values alone causes: 1/12, times 4² + 4·1²
AVERAGED = 4  # pixels along each axis that a pixel of the reduced image averages, at most
EXACT_BELOW = 64.0  # where the luminance spreads by less, that of every pixel and channel is measured
OUTLIERS = 0.01  # fraction of the pixels at each end that the spread leaves out


@dataclass(frozen=True)
class ImageMeasures:
    """Measures of an image.

    Attributes:
        thumbnail: uint8 (SIDE, SIDE, 3), see `thumbnail`.
        spread: difference of the 99th and the 1st percentile of the luminance, 0 to 255; where it is small, that of a
            channel's values, the largest of the channels.
        sharpness: standard deviation of the Laplacian over that of the luminance, at a reduced size, less rounding;
            NaN for images with a side below 64 pixels and for those of a single color.
    """

    thumbnail: NDArray[np.uint8]
    spread: float
    sharpness: float


def measure_image(image: Image.Image) -> ImageMeasures:
    """Return the measures of an upright RGB image.

    Args:
        image: as `open_upright` returns it, of any size; `measure_icons` is quicker for small ones.
    """
    small = _reduced(image)
    gray = small.convert("L")
    spread = percentile_spread(gray.histogram())
    if spread <= EXACT_BELOW:
        spread = exact_spread(image)
    measurable = min(image.size) >= LEAST_SIDE and min(small.size) > 2
    return ImageMeasures(thumbnail(small), spread, _sharpness(gray) if measurable else float("nan"))


def exact_spread(image: Image.Image) -> float:
    """Return the spread of the values of every pixel, that of the channel where it is largest."""
    counts = image.histogram()
    return max(percentile_spread(counts[start : start + 256]) for start in (0, 256, 512))


def _reduced(image: Image.Image) -> Image.Image:
    """Return the image with a longer side of 128 to 255 pixels; smaller ones as they are.

    Of large photos, every second, third, … pixel is averaged: reading all would cost as much as decoding them.
    """
    factor = max(1, max(image.size) // SHARPNESS_SIDE)
    stride = max(1, factor // AVERAGED)
    if stride > 1:
        size = max(1, image.width // stride), max(1, image.height // stride)
        image = image.resize(size, Image.Resampling.NEAREST)
    return image.reduce(factor // stride) if factor > 1 else image


def percentile_spread(counts: Sequence[int]) -> float:
    """Return the difference of the 99th and the 1st percentile, from a histogram."""
    most = OUTLIERS * sum(counts)
    low, outside = 0, counts[0]
    while outside <= most:
        low += 1
        outside += counts[low]
    high, outside = len(counts) - 1, counts[-1]
    while outside < most:
        high -= 1
        outside += counts[high]
    return float(high - low)


def _sharpness(gray: Image.Image) -> float:
    """Return the variation of the Laplacian over that of the image, so that contrast plays no part.

    The variance of the Laplacian is a measure of focus: Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield
    microscopy", section 2.
    """
    pixels = np.frombuffer(gray.tobytes(), np.uint8).reshape(gray.height, gray.width).astype(np.int16)
    contrast = _variance(pixels)
    if contrast < 1.0:
        return float("nan")
    laplacian = 4 * pixels[1:-1, 1:-1] - pixels[:-2, 1:-1] - pixels[2:, 1:-1] - pixels[1:-1, :-2] - pixels[1:-1, 2:]
    return float(np.sqrt(max(_variance(laplacian) - ROUNDING, 0.0) / contrast))


def _variance(values: NDArray[np.int16]) -> float:
    """Return the variance; sums of whole numbers are exact, whatever order a processor adds them in."""
    flat = values.astype(np.float64).ravel()
    return float(flat @ flat) / flat.size - (float(flat.sum()) / flat.size) ** 2
