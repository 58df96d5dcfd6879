"""What is no image, or was scaled, is refused with the reason."""

import io

import numpy as np
import pytest

from pipeline.base.errors import PipelineError
from pipeline.runtime.images.image_inputs import named_images

WHOLE = np.random.default_rng(0).integers(0, 256, (9, 8, 3), np.uint8)


@pytest.mark.parametrize(
    ("array", "sentence"),
    [
        (WHOLE / 255, "the network scales pixels itself and takes 0 to 255: multiply them by 255"),
        (WHOLE / 127.5 - 1, "pixels must be from 0 to 255, and these are from -1 to"),
        (np.stack([WHOLE.astype(np.float32), WHOLE / np.float32(255)]), "multiply them by 255"),
        (WHOLE * 257.0, "divide 16-bit pixels by 257"),
        (np.full((9, 8, 3), np.nan), "pixels must be from 0 to 255"),
        (WHOLE[:, :, :2], r"an array of shape \(9, 8, 2\) is no image"),
        (WHOLE[:0], "is no image"),
        (WHOLE.reshape(-1), "is no image"),
        (WHOLE.astype(str), "its values must be numbers from 0 to 255"),
        (WHOLE > 100, "its values must be numbers from 0 to 255"),
    ],
)
def test_an_array_that_is_no_image_is_refused(array, sentence):
    with pytest.raises(PipelineError, match=sentence):
        list(named_images(array))


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int64, np.uint16])
def test_whole_numbers_of_any_type_are_pixels(kind):
    (image,) = named_images(WHOLE.astype(kind))
    np.testing.assert_array_equal(np.asarray(image.open()), WHOLE)


def test_a_black_image_is_one():
    (image,) = named_images(np.zeros((9, 8), np.float32))
    assert image.open().size == (8, 9)


def test_other_things_are_refused():
    for other in ([7], 7, None, io.BytesIO(b"")):
        with pytest.raises(PipelineError, match="must be a path, the bytes of a file, a Pillow image or an array"):
            list(named_images(other))
