"""Folders of JPEG photos of any size and number, made from a few."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.data.sources.any_source import list_any
from pipeline.runtime.images.decode import open_upright
from pipeline.runtime.images.unreadable_error import UnreadableError

QUALITY = 90
GRAIN = 6.0  # standard deviation of the noise that enlarged photos lack
PART = 0.5  # side of the part of a photo that is used; two such are blended, so that no file is nearly another one
CLASSES = 2


def originals(path: str, most: int) -> list[Image.Image]:
    """Return the first photos of a folder or an archive, those that can be decoded.

    Args:
        path: of the folder or archive.
        most: how many.
    """
    found: list[Image.Image] = []
    for record in list_any(path).records:
        if len(found) == most:
            break
        try:
            found.append(open_upright(record.open).image)
        except UnreadableError:
            continue
    return found


def write_photos(folder: Path, photos: Sequence[Image.Image], count: int, size: tuple[int, int]) -> None:
    """Write different JPEG files into two class folders.

    Args:
        folder: does not exist yet.
        photos: to make them from.
        count: of files.
        size: width and height.
    """
    random = np.random.default_rng(0)
    for number in range(CLASSES):
        (folder / str(number)).mkdir(parents=True)
    grain = random.normal(0, GRAIN, (size[1] + 64, size[0] + 64, 1))
    for number in range(count):
        first, second = (_part(photos[int(random.integers(len(photos)))], size, random) for _ in range(2))
        pixels = np.asarray(Image.blend(first, second, 0.4), np.float32)
        row, column = random.integers(0, 64, 2)
        noisy = pixels + grain[row : row + size[1], column : column + size[0]]
        file = io.BytesIO()
        Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=QUALITY)
        (folder / str(number % CLASSES) / f"{number:07d}.jpg").write_bytes(file.getvalue())


def _part(photo: Image.Image, size: tuple[int, int], random: np.random.Generator) -> Image.Image:
    left, top = random.uniform(0, 1 - PART, 2) * photo.size
    box = (left, top, left + PART * photo.width, top + PART * photo.height)
    return photo.resize(size, Image.Resampling.BICUBIC, box)
