"""Folders of JPEG files that look like photos to a decoder: smooth shapes with some noise."""

from pathlib import Path

import numpy as np
from PIL import Image

PHOTO = (500, 375)  # width and height of the photos for the network at 224×224: those of ImageNet, typically
QUALITY = 90  # of JPEG
NOISE = 8  # standard deviation of the noise, in gray levels


def write_photos(folder: Path, side: int, count: int, size: tuple[int, int] | None = None) -> list[Path]:
    """Write `count` JPEG files, and return their paths.

    Args:
        folder: made if it is not there.
        side: of the network's images: at 32 the files have this size, above it they are photos of 500×375.
        count: number of files.
        size: width and height of the files, if they must have another size.
    """
    if size is None:
        size = (side, side) if side <= 32 else PHOTO
    generator = np.random.default_rng([side, count])
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{number:05d}.jpg" for number in range(count)]
    for file in files:
        coarse = generator.integers(0, 256, (5, 7, 3), np.uint8)
        smooth = np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC), np.float32)
        pixels = smooth + NOISE * generator.standard_normal(smooth.shape, np.float32)
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(file, quality=QUALITY)
    return files
