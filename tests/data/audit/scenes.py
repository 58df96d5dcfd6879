"""Pictures with structure, and records of them."""

import numpy as np
from PIL import Image, ImageFilter

from pipeline.data.record import Record


def scene(number: int, size: tuple[int, int] = (96, 80)) -> Image.Image:
    """Return a picture with structure at several scales, different for each number."""
    random = np.random.default_rng(number)
    coarse = Image.fromarray(random.integers(40, 216, (5, 6, 3), np.uint8)).resize(size, Image.Resampling.NEAREST)
    fine = Image.fromarray(random.integers(0, 256, (size[1], size[0], 3), np.uint8)).filter(ImageFilter.BoxBlur(1))
    return Image.blend(coarse, fine, 0.3)


def record(path: str, image: Image.Image, split: str | None = None, **more: object) -> Record:
    """Return a record whose label is the path's folder before the last."""
    return Record(path, path.split("/")[-2], split, image.copy, **more)
