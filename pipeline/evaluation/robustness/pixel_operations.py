"""What makes images worse; where chance plays a part, it is a function of the image alone."""

import io
import math
import zlib
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]  # (images, height, width, channels), 1 or 3 channels
NOISE = 2**20  # random numbers, of which each image takes a piece
PIECE = 2**17  # values that are computed at a time, so that they stay in the processor's cache


def noisy(pixels: Pixels, deviation: float) -> Pixels:
    """Return images with Gaussian noise.

    Args:
        pixels: images.
        deviation: standard deviation, as a fraction of the range of values.
    """
    found, noise, size = np.empty_like(pixels), _noise(), pixels[0].size if len(pixels) else 0
    scale = np.float32(255 * deviation)
    for index, image in enumerate(pixels):
        start = _seed(image) % max(1, NOISE - size)
        found[index] = _rounded(image + scale * np.resize(noise[start : start + size], image.shape))
    return found


def blurred(pixels: Pixels, deviation: float) -> Pixels:
    """Return images blurred by a Gaussian; pixels beyond the border are like the nearest one inside.

    Args:
        pixels: images.
        deviation: standard deviation, as a fraction of the shorter side.
    """
    _, height, width, channels = pixels.shape
    sigma = deviation * min(height, width)
    down, across = _gaussian(height, sigma), _gaussian(width, sigma)
    found = np.empty_like(pixels)
    for piece in _pieces(pixels):
        rows = down @ pixels[piece].reshape(-1, height, width * channels).astype(np.float32)
        by_column = (
            rows.reshape(-1, height, width, channels).transpose(0, 2, 1, 3).reshape(-1, width, height * channels)
        )
        columns = (across @ by_column).reshape(-1, width, height, channels)
        found[piece] = _rounded(columns.transpose(0, 2, 1, 3))
    return found


def brightened(pixels: Pixels, amount: float) -> Pixels:
    """Return images with something added to every value.

    Args:
        pixels: images.
        amount: as a fraction of the range of values.
    """
    lookup = _rounded(np.arange(256, dtype=np.float32) + np.float32(255 * amount))
    return np.asarray(lookup[pixels], np.uint8)


def compressed(pixels: Pixels, quality: float) -> Pixels:
    """Return images as they are after JPEG compression; colors are halved in resolution, as is usual.

    Args:
        pixels: images.
        quality: of Pillow, 1 to 95.
    """
    found = np.empty_like(pixels)
    for index, image in enumerate(pixels):
        buffer = io.BytesIO()
        Image.fromarray(image[:, :, 0] if image.shape[-1] == 1 else image).save(buffer, "JPEG", quality=int(quality))
        found[index] = np.asarray(Image.open(buffer, formats=["JPEG"])).reshape(image.shape)
    return found


def rotated(pixels: Pixels, degrees: float) -> Pixels:
    """Return images turned about their center, about half of them to either side.

    Between pixels, values are interpolated bilinearly. What comes in from outside is like the nearest pixel inside.

    Args:
        pixels: images.
        degrees: of the rotation.
    """
    found = np.empty_like(pixels)
    to_the_left = np.array([_seed(image) % 2 == 0 for image in pixels], np.bool_)
    for side, angle in ((to_the_left, degrees), (~to_the_left, -degrees)):
        found[side] = _rotated(pixels[side], angle)
    return found


def _rotated(pixels: Pixels, degrees: float) -> Pixels:
    count, height, width, channels = pixels.shape
    flat, found = pixels.reshape(count, height * width, channels), np.empty((count, height * width, channels), np.uint8)
    places, weights = _bilinear(height, width, degrees)
    for piece in _pieces(pixels):
        total = np.zeros(flat[piece].shape, np.float32)
        for place, weight in zip(places, weights, strict=True):
            total += weight[:, None] * flat[piece].take(place, axis=1)
        found[piece] = _rounded(total)
    return found.reshape(pixels.shape)


@cache
def _bilinear(height: int, width: int, degrees: float) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the four pixels of which each pixel of a turned image is made, and their weights: (4, pixels) each."""
    y, x = np.mgrid[:height, :width].reshape(2, -1) - np.array([[(height - 1) / 2], [(width - 1) / 2]])
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    across = np.clip(cos * x - sin * y + (width - 1) / 2, 0, width - 1)
    down = np.clip(sin * x + cos * y + (height - 1) / 2, 0, height - 1)
    left, top = np.floor(across).astype(np.int64), np.floor(down).astype(np.int64)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    from_left, from_top = across - left, down - top
    places = [top * width + left, top * width + right, bottom * width + left, bottom * width + right]
    weights = [(1 - from_top) * (1 - from_left), (1 - from_top) * from_left, from_top * (1 - from_left),
               from_top * from_left]  # fmt: skip
    return np.stack(places), np.stack(weights).astype(np.float32)


@cache
def _gaussian(size: int, sigma: float) -> NDArray[np.float32]:
    """Return the matrix, (size, size), that blurs along an axis of that many pixels."""
    places, reach = np.arange(size), math.ceil(4 * sigma)
    matrix = np.zeros((size, size))
    for offset in range(-reach, reach + 1):
        np.add.at(matrix, (places, np.clip(places + offset, 0, size - 1)), math.exp(-0.5 * (offset / sigma) ** 2))
    return np.asarray(matrix / matrix.sum(axis=1, keepdims=True), np.float32)


@cache
def _noise() -> NDArray[np.float32]:
    return np.random.default_rng(0).standard_normal(NOISE, np.float32)


def _seed(image: NDArray[np.uint8]) -> int:
    """Return a number that depends on one image's pixels only."""
    return zlib.crc32(image.tobytes())


def _pieces(pixels: Pixels) -> list[slice]:
    step = max(1, PIECE // max(1, math.prod(pixels.shape[1:])))
    return [slice(start, start + step) for start in range(0, len(pixels), step)]


def _rounded(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
