"""Thumbnails small enough to keep a million of them, and good enough to compare images by."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 16  # pixels of a thumbnail's height and width
SAMPLES = 6  # pixels of a large image, per pixel of the thumbnail and per axis, that are averaged at least


def thumbnail(image: Image.Image) -> NDArray[np.uint8]:
    """Return the whole image stretched to a small square, uint8 (SIDE, SIDE, 3), read-only.

    Large images are sampled before averaging: reading every pixel of a photo would cost a fifth of its decoding.

    Args:
        image: any size, mode RGB.
    """
    width, height = image.size
    stride = min(width, height) // (SIDE * SAMPLES)
    if stride > 1:
        width, height = width // stride, height // stride
        image = image.resize((width, height), Image.Resampling.NEAREST)
    if width % SIDE == 0 and height % SIDE == 0:  # the same values as resize, in half the time
        small = image.reduce((width // SIDE, height // SIDE))
    else:
        small = image.resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.frombuffer(small.tobytes(), np.uint8).reshape(SIDE, SIDE, 3)
