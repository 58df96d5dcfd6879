import io

import numpy as np
import pytest
from PIL import Image

from pipeline.data.packing.decoding.image_memory import memory_of

SIDE = 1000
PIXELS = SIDE * SIDE


def opened(mode, kind, **options):
    file = io.BytesIO()
    Image.new(mode, (SIDE, SIDE)).save(file, kind, **options)
    return Image.open(file)


@pytest.mark.parametrize(
    ("mode", "kind", "least", "most"),
    [("RGB", "PNG", 4, 4), ("L", "PNG", 5, 5), ("RGBA", "PNG", 8, 8), ("RGB", "WEBP", 12, 13), ("CMYK", "JPEG", 8, 8)],
)
def test_bytes_per_pixel(mode, kind, least, most):
    assert least <= memory_of(opened(mode, kind), (SIDE, SIDE), file_bytes=10) / PIXELS <= most


def test_many_copies_of_deep_pixels():
    file = io.BytesIO()
    Image.fromarray(np.zeros((SIDE, SIDE), np.uint16)).save(file, "PNG")
    assert memory_of(Image.open(file), (SIDE, SIDE)) > 20 * PIXELS


def test_a_reduced_photo_takes_less_but_a_progressive_one_is_read_whole():
    plain, progressive = (opened("RGB", "JPEG", progressive=value) for value in (False, True))
    for image in (plain, progressive):
        image.draft(None, (SIDE // 8, SIDE // 8))
    assert memory_of(plain, (SIDE, SIDE)) == 4 * PIXELS // 64
    assert memory_of(progressive, (SIDE, SIDE)) > 6 * PIXELS
