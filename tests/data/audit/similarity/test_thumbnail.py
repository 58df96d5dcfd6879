"""Thumbnails by which images are compared."""

import numpy as np
import pytest
from PIL import Image

from pipeline.data.audit.similarity.thumbnail import SIDE, thumbnail


@pytest.mark.parametrize(
    "size", [(1, 1), (1, 700), (700, 1), (8, 8), (16, 16), (32, 32), (33, 31), (640, 480), (257, 256)]
)
def test_an_image_of_any_size_becomes_a_small_square(size):
    small = thumbnail(Image.new("RGB", size, (10, 20, 30)))
    assert small.shape == (SIDE, SIDE, 3)
    assert small.dtype == np.uint8
    assert np.all(small == (10, 20, 30))


@pytest.mark.parametrize("size", [(32, 32), (96, 64), (640, 480), (1500, 1001)])
def test_a_pixel_is_the_mean_of_its_part_of_the_image(photos, size):
    (image,) = photos(1, size=size)
    exact = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX), np.float64)
    assert np.abs(thumbnail(image) - exact).mean() < 3


def test_the_thumbnail_of_a_mirror_image_is_mirrored(photos):
    (image,) = photos(1)
    mirrored = thumbnail(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    assert np.array_equal(mirrored, thumbnail(image)[:, ::-1])
