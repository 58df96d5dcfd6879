"""Images with the structure of photos."""

import numpy as np
import pytest
from PIL import Image


def fractal(generator, size=(96, 64)):
    """Return a random color image whose amplitude falls with frequency as in photos."""
    width, height = size
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    noise = generator.normal(size=(height, width, 1)) + 0.4 * generator.normal(size=(height, width, 3))
    spectrum = np.fft.rfft2(noise, axes=(0, 1)) / np.maximum(frequency, 1 / width)[..., None]
    pixels = np.fft.irfft2(spectrum, (height, width), axes=(0, 1))
    pixels *= 50 / pixels.std()
    return Image.fromarray(np.clip(pixels + 128, 0, 255).astype(np.uint8))


@pytest.fixture(scope="session")
def photos():
    """Return a function that makes `count` unrelated images."""

    def make(count, seed=0, size=(96, 64)):
        generator = np.random.default_rng(seed)
        return [fractal(generator, size) for _ in range(count)]

    return make
