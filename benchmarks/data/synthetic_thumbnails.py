"""Any number of thumbnails, unlike one another but with the structure of photos."""

import io
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.data.audit.similarity.thumbnail import SIDE

WIDE = 2 * SIDE  # pixels of a source's height and width
BLOCK = 10_000


def photos_of(archive: Path) -> NDArray[np.uint8]:
    """Return the JPEG files of a zip archive, all of 32×32 pixels: uint8 (n, WIDE, WIDE, 3)."""
    with zipfile.ZipFile(archive) as opened:
        names = sorted(name for name in opened.namelist() if name.endswith((".jpg", ".jpeg")))
        photos = np.empty((len(names), WIDE, WIDE, 3), np.uint8)
        for row, name in enumerate(names):
            photos[row] = np.asarray(Image.open(io.BytesIO(opened.read(name))).convert("RGB"))
    return photos


def fractal_images(count: int) -> NDArray[np.uint8]:
    """Return random images whose amplitude falls with frequency as in photos, uint8 (count, WIDE, WIDE, 3)."""
    generator = np.random.default_rng(0)
    vertical, horizontal = np.fft.fftfreq(WIDE)[:, None], np.fft.rfftfreq(WIDE)[None]
    amplitude = 1 / np.maximum(np.hypot(vertical, horizontal), 1 / WIDE)
    gray = generator.normal(size=(count, WIDE, WIDE, 1)) + 0.3 * generator.normal(size=(count, WIDE, WIDE, 3))
    spectrum = np.fft.rfft2(gray, axes=(1, 2)) * amplitude[..., None]
    images = np.fft.irfft2(spectrum, axes=(1, 2))
    images *= 50 / images.std(axis=(1, 2, 3), keepdims=True)
    return np.clip(images + 128, 0, 255).astype(np.uint8)


def write_blends(path: Path, sources: NDArray[np.uint8], count: int) -> None:
    """Write `count` thumbnails, uint8 (SIDE, SIDE, 3) each: blends of two random crops of random sources."""
    generator = np.random.default_rng(count)
    with path.open("wb") as file:
        for start in range(0, count, BLOCK):
            size = min(BLOCK, count - start)
            weight = generator.uniform(0.4, 0.6, (size, 1, 1, 1)).astype(np.float32)
            one, other = (_random_crops(sources, size, generator) for _ in range(2))
            file.write(np.rint(weight * one + (1 - weight) * other).astype(np.uint8).tobytes())


def _random_crops(sources: NDArray[np.uint8], count: int, generator: np.random.Generator) -> NDArray[np.uint8]:
    row = generator.integers(len(sources), size=count)[:, None, None]
    top, left = generator.integers(WIDE - SIDE + 1, size=(2, count))
    down, right = top[:, None] + np.arange(SIDE), left[:, None] + np.arange(SIDE)
    right = np.where(generator.random(count)[:, None] < 0.5, right, right[:, ::-1])
    crops: NDArray[np.uint8] = sources[row, down[:, :, None], right[:, None, :]]
    return crops
