"""A small picture of an image, for a page."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.data.record import Record
from pipeline.runtime.images.decode import open_upright
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.images.unreadable_error import UnreadableError

SIDE = 160  # pixels of a picture's longer side, at most


def preview(record: Record, max_pixels: int) -> NDArray[np.uint8] | None:
    """Return the picture, uint8 (rows, columns, 3), or None if the image cannot be decoded.

    Args:
        record: the image as its source offers it.
        max_pixels: that an image may have.
    """
    try:
        image = open_upright(record.open, max_pixels, Preprocessing(SIDE, SIDE, 3, "pad")).image
    except UnreadableError:
        return None
    scale = SIDE / max(image.size)
    if scale < 1:
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        image = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(image)
