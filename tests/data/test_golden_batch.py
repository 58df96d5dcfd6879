"""Images that travel with a model, and how far answers may be from theirs."""

import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from pipeline.base.errors import PipelineError
from pipeline.data.golden_batch import IMAGES, PHOTOS, GoldenBatch, decoded, encoded, read_golden, tolerance
from pipeline.runtime.images.preprocessing import Preprocessing

PIXELS = arrays.arrays(
    np.uint8,
    st.tuples(st.integers(1, IMAGES), st.integers(2, 9), st.integers(2, 9), st.sampled_from([1, 3])),
)


@given(PIXELS)
def test_pictures_are_exact_and_photos_come_upright_at_the_networks_size(pixels):
    files = encoded(pixels)
    height, width, channels = pixels.shape[1:]
    again = decoded(files, Preprocessing(height, width, channels, "crop"))
    exact = max(len(pixels) - PHOTOS, 0)
    assert np.array_equal(again[:exact], pixels[:exact])
    assert again.shape == pixels.shape
    assert [Image.open(io.BytesIO(file)).format for file in files] == ["PNG"] * exact + ["JPEG"] * (len(pixels) - exact)
    for file in files[exact:]:
        assert Image.open(io.BytesIO(file)).size == (2 * height, 2 * width)  # it is to be turned


def test_a_photo_shows_what_the_picture_shows():
    ramp = np.tile(np.linspace(0, 255, 16, dtype=np.uint8)[None, None, :, None], (1, 12, 1, 1))
    again = decoded(encoded(ramp), Preprocessing(12, 16, 1, "stretch"))
    assert np.abs(again.astype(int) - ramp).max() < 16


def test_a_batch_comes_back_from_json(tmp_path):
    batch = GoldenBatch((b"one", b"two"), np.array([[0.25, 0.75], [1 / 3, 2 / 3]], np.float32))
    (tmp_path / "golden.json").write_text(batch.to_json())
    again = read_golden(tmp_path / "golden.json")
    assert again.images == batch.images
    assert np.array_equal(again.probabilities, batch.probabilities)
    assert again.difference(batch.probabilities) == 0


@pytest.mark.parametrize("text", ["", "{}", '{"images": ["x"], "probabilities": "y"}', "[1]"])
def test_a_damaged_batch_is_one_sentence(text, tmp_path):
    (tmp_path / "golden.json").write_text(text)
    with pytest.raises(PipelineError, match=r"golden\.json is not a golden batch; make it again"):
        read_golden(tmp_path / "golden.json")
    with pytest.raises(PipelineError, match="is missing"):
        read_golden(tmp_path / "other.json")


def test_nan_among_the_answers_is_a_difference():
    batch = GoldenBatch((b"",), np.array([[0.5, 0.5]], np.float32))
    assert math.isnan(batch.difference(np.array([[np.nan, 0.5]])))
    assert batch.difference(np.array([[0.25, 0.75]])) == 0.25


def test_the_tolerance_follows_the_type_of_computing():
    assert tolerance("OpenVINO bfloat16") > tolerance("Keras float32 (tensorflow)") == tolerance("OpenVINO float32")
