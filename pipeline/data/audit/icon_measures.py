"""The measures of many small images at once: one by one, they would cost as much as decoding."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.data.audit.image_measures import EXACT_BELOW, LEAST_SIDE, OUTLIERS, ImageMeasures, exact_spread
from pipeline.data.audit.similarity.thumbnail import SIDE, thumbnail

LUMINANCE = (19595, 38470, 7471)  # ITU-R BT.601 in 65,536ths, as Pillow converts to gray
BLOCK = 16  # images whose pixels fit into a processor's cache


def is_icon(image: Image.Image) -> bool:
    """Return whether an image is too small to have a sharpness."""
    return max(image.size) < LEAST_SIDE


def measure_icons(images: Sequence[NDArray[np.uint8]]) -> list[ImageMeasures]:
    """Return the measures of images for which `is_icon` is true; see `measure_image`.

    Those of an image do not depend on the others.

    Args:
        images: upright RGB pixels, uint8 (height, width, 3) each.
    """
    by_size: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for place, image in enumerate(images):
        by_size[image.shape].append(place)
    found: dict[int, ImageMeasures] = {}
    for places in by_size.values():
        for start in range(0, len(places), BLOCK):
            block = places[start : start + BLOCK]
            found.update(zip(block, _measured([images[place] for place in block]), strict=True))
    return [found[place] for place in range(len(images))]


def _measured(images: Sequence[NDArray[np.uint8]]) -> Iterator[ImageMeasures]:
    """Yield the measures of images of one size."""
    height, width, _ = images[0].shape
    pixels = np.stack(images)
    even = not (width % SIDE or height % SIDE)
    thumbnails = _thumbnails(pixels) if even else [thumbnail(Image.fromarray(image)) for image in images]
    for image, small, spread in zip(images, thumbnails, _spreads(pixels).tolist(), strict=True):
        exact = spread if spread > EXACT_BELOW else exact_spread(Image.fromarray(image))
        yield ImageMeasures(small, float(exact), float("nan"))


def _thumbnails(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the means of equal parts, uint8 (n, SIDE, SIDE, 3), rounded to the nearest."""
    down, across = pixels.shape[1] // SIDE, pixels.shape[2] // SIDE
    total = np.full((len(pixels), SIDE, SIDE, 3), down * across // 2, np.uint16)
    for row in range(down):
        for column in range(across):
            total += pixels[:, row::down, column::across]
    return np.asarray(total // (down * across), np.uint8)


def _spreads(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the difference of the 99th and the 1st percentile of each image's luminance."""
    count = len(pixels)
    red, green, blue = (pixels[..., channel].astype(np.uint32) * LUMINANCE[channel] for channel in range(3))
    levels = ((red + green + blue + 2**15) >> 16).reshape(count, -1)
    offsets = np.arange(count, dtype=np.uint32)[:, None] * 256
    sums = np.bincount((levels + offsets).ravel(), minlength=256 * count).reshape(count, 256).cumsum(axis=1)
    most = OUTLIERS * levels.shape[1]
    return np.asarray(np.count_nonzero((sums > most) & (sums <= levels.shape[1] - most), axis=1))
