"""Random changes to training images, each batch's from its own draws."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.config.schema import AugmentConfig

Images = NDArray[np.uint8]


def augmentation(config: AugmentConfig) -> Callable[[Images, np.random.Generator], Images] | None:
    """Return the function that applies `config` to a batch, or None where it changes nothing."""
    if not config.shift and not config.flip:
        return None

    def augment(images: Images, draws: np.random.Generator) -> Images:
        if config.flip:
            mirrored = draws.random(len(images)) < 0.5
            images = np.where(mirrored[:, None, None, None], images[:, :, ::-1], images)
        return shifted(images, config.shift, draws) if config.shift else images

    return augment


def shifted(images: Images, shift: float, draws: np.random.Generator) -> Images:
    """Move each image by up to `shift` of its sides, the border repeated outwards.

    Cropping at random from a padded image: He et al. 2015, arXiv:1512.03385, section 4.2 (there with 4 of 32 pixels).

    Args:
        images: (n, height, width, channels).
        shift: fraction of height and of width.
        draws: where the two numbers per image come from.
    """
    count, height, width, _ = images.shape
    down, right = round(height * shift), round(width * shift)
    padded = np.pad(images, ((0, 0), (down, down), (right, right), (0, 0)), mode="edge")
    rows = draws.integers(0, 2 * down + 1, count)
    columns = draws.integers(0, 2 * right + 1, count)
    moved = np.empty_like(images)
    for index, (row, column) in enumerate(zip(rows, columns, strict=True)):
        moved[index] = padded[index, row : row + height, column : column + width]
    return moved
