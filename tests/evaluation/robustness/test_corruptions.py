"""Corruptions: the same for an image whatever is beside it, and what their names say."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from scipy.ndimage import gaussian_filter, rotate

from pipeline.evaluation.robustness.corruptions import CORRUPTIONS

SHAPES = st.tuples(st.integers(1, 4), st.integers(16, 24), st.integers(16, 24), st.sampled_from([1, 3]))


def corruption(name, strength):
    return next(one for one in CORRUPTIONS if (one.name, one.strength) == (name, strength))


def picture(height=48, width=64, channels=3):
    """Return an image that is smooth, as photos are, (1, height, width, channels)."""
    y, x = np.mgrid[:height, :width]
    waves = [np.sin(x / (5 + one)) + np.cos(y / (7 - one)) for one in range(channels)]
    return (np.stack(waves, -1) * 50 + 128).astype(np.uint8)[None]


def test_there_are_five_at_three_strengths_each():
    names = ["noise", "blur", "brightness", "jpeg", "rotation"]
    assert [(one.name, one.strength) for one in CORRUPTIONS] == [(name, step) for name in names for step in (1, 2, 3)]
    assert len({(one.name, one.setting) for one in CORRUPTIONS}) == 15
    assert corruption("blur", 2).setting == "standard deviation 2% of the shorter side"


@settings(max_examples=15)
@given(SHAPES.flatmap(lambda shape: arrays(np.uint8, shape)))
def test_an_image_is_corrupted_alike_whatever_is_beside_it(pixels):
    before = pixels.copy()
    for one in CORRUPTIONS:
        together = one.apply(pixels)
        assert together.shape == pixels.shape
        assert together.dtype == np.uint8
        alone = np.concatenate([one.apply(image[None]) for image in pixels])
        assert np.abs(together.astype(int) - alone).max() <= 1  # sums of another order may round otherwise
    assert (pixels == before).all()


@pytest.mark.parametrize("name", ["noise", "blur", "brightness", "jpeg", "rotation"])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_higher_strength_changes_more(name, channels):
    pixels = picture(channels=channels)
    changes = [np.abs(corruption(name, step).apply(pixels).astype(int) - pixels).mean() for step in (1, 2, 3)]
    assert 0 < changes[0] < changes[1] < changes[2]


def test_noise_has_the_deviation_that_it_states():
    pixels = np.full((2, 64, 64, 3), 128, np.uint8)
    pixels[1] += 1  # other pixels, other noise
    noise = corruption("noise", 2).apply(pixels).astype(float) - pixels
    assert noise.std() == pytest.approx(25.5, rel=0.02)
    assert abs(noise.mean()) < 1
    assert np.corrcoef(noise[0].ravel(), noise[1].ravel())[0, 1] == pytest.approx(0, abs=0.05)


def test_blur_is_that_of_scipy():
    pixels = picture()
    sigma = 0.04 * 48
    expected = gaussian_filter(pixels[0].astype(float), (sigma, sigma, 0), mode="nearest")
    assert np.abs(corruption("blur", 3).apply(pixels)[0] - expected).max() < 1


def test_brightness_stops_at_white():
    pixels = np.array([[[[0], [200], [255]]]], np.uint8)
    assert corruption("brightness", 2).apply(pixels).ravel().tolist() == [76, 255, 255]


@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_is_that_of_pillow(channels):
    pixels = picture(channels=channels)
    buffer = io.BytesIO()
    Image.fromarray(pixels[0].squeeze()).save(buffer, "JPEG", quality=10)
    assert (corruption("jpeg", 3).apply(pixels)[0].squeeze() == np.asarray(Image.open(buffer))).all()


def test_rotation_is_that_of_scipy_to_one_of_two_sides():
    pixels = np.concatenate([picture() + np.uint8(one) for one in range(12)])
    turned = corruption("rotation", 2).apply(pixels)
    sides = []
    for image, found in zip(pixels, turned, strict=True):
        expected = [rotate(image.astype(float), angle, reshape=False, order=1, mode="nearest") for angle in (15, -15)]
        differences = [np.abs(found[5:-5, 5:-5] - one[5:-5, 5:-5]).mean() for one in expected]
        assert min(differences) < 1 < max(differences)
        sides.append(differences[0] < differences[1])
    assert set(sides) == {True, False}
