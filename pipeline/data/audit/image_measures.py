"""What is measured on each decoded image: a thumbnail, and how sharp and how uniform the image is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from pipeline.data.audit.similarity.thumbnail import thumbnail

SHARPNESS_SIDE = 192  # of the longer side in pixels, at least, on which sharpness is measured
LEAST_SIDE = 64  # smaller images have no sharpness: their edges are those of their pixels
LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
ROUNDING = 20 / 12  # variance of the Laplacian that rounding to whole values alone causes: 1/12, times 4² + 4·1²
VALUES = np.arange(256.0)
OUTLIERS = 0.01  # fraction of the pixels at each end that the spread leaves out


@dataclass(frozen=True)
class ImageMeasures:
    """Measures of an image.

    Attributes:
        thumbnail: uint8 (SIDE, SIDE, 3), see `thumbnail`.
        spread: difference of the 99th and the 1st percentile of a channel's values, 0 to 255, the largest of the
            channels; where it is large, that of the thumbnail instead, which is a lower bound of it.
        sharpness: standard deviation of the Laplacian over that of the luminance, at a reduced size, less rounding;
            NaN for images with a side below 64 pixels and for those of a single color.
    """

    thumbnail: NDArray[np.uint8]
    spread: float
    sharpness: float


def measure_image(image: Image.Image, exact_spread_below: float) -> ImageMeasures:
    """Return the measures of an upright RGB image.

    Args:
        image: as `open_upright` returns it.
        exact_spread_below: where the thumbnail's spread is at most this, the spread is that of all pixels.
    """
    factor = max(1, max(image.size) // SHARPNESS_SIDE)
    small = image.reduce(factor) if factor > 1 else image
    pixels = thumbnail(small)
    flat = pixels.reshape(-1, 3)
    spread = float((flat.max(axis=0) - flat.min(axis=0)).max())
    if spread <= exact_spread_below:
        spread = _spread(image)
    measurable = min(image.size) >= LEAST_SIDE and min(small.size) > 2
    return ImageMeasures(pixels, spread, _sharpness(small.convert("L")) if measurable else float("nan"))


def _spread(image: Image.Image) -> float:
    shares = np.cumsum(np.array(image.histogram()).reshape(3, 256), axis=1) / (image.width * image.height)
    return float(max((channel > 1 - OUTLIERS).argmax() - (channel > OUTLIERS).argmax() for channel in shares))


def _sharpness(gray: Image.Image) -> float:
    """Return the variation of the Laplacian over that of the image, so that contrast plays no part.

    The variance of the Laplacian is a measure of focus: Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield
    microscopy", section 2.
    """
    contrast = _variance(gray)
    inner = (1, 1, gray.width - 1, gray.height - 1)  # Pillow's filters leave the border as it was
    edges = max(_variance(gray.filter(LAPLACIAN).crop(inner)) - ROUNDING, 0.0)
    return float(np.sqrt(edges / contrast)) if contrast >= 1.0 else float("nan")


def _variance(gray: Image.Image) -> float:
    counts = np.array(gray.histogram(), np.float64)
    total = counts.sum()
    mean = counts @ VALUES / total
    return float(counts @ (VALUES - mean) ** 2 / total)
