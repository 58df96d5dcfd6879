"""What is measured on each image, as columns; the same for the reference and for new images."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.data.statistics.image_statistics import mean_and_deviation
from pipeline.runtime.images.image_inputs import array_image


@dataclass(frozen=True)
class ImageTable:
    """Measures of n images.

    Attributes:
        width: original width in pixels, int64 (n,).
        height: original height in pixels, int64 (n,).
        brightness: mean of the luminance of the prepared pixels, 0 to 255, float64 (n,).
        contrast: standard deviation of that luminance, 0 to 127.5, float64 (n,).
        predicted: index of the most probable class, int64 (n,).
        confidence: its probability, float64 (n,).
        embedding: place in the reference's embedding space, float32 (n, dimensions); 0 dimensions if there is none.
    """

    width: NDArray[np.int64]
    height: NDArray[np.int64]
    brightness: NDArray[np.float64]
    contrast: NDArray[np.float64]
    predicted: NDArray[np.int64]
    confidence: NDArray[np.float64]
    embedding: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.width)

    @property
    def aspect(self) -> NDArray[np.float64]:
        """Width over height, (n,)."""
        return self.width / self.height

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Self:
        """Return the measures of some of the images."""
        return type(self)(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})

    @classmethod
    def joined(cls, tables: Sequence[Self]) -> Self:
        """Return the measures of the images of several tables, at least one, in their order."""
        return cls(**{one.name: np.concatenate([getattr(each, one.name) for each in tables]) for one in fields(cls)})


def measured_table(
    width: NDArray[np.int64],
    height: NDArray[np.int64],
    pixels: NDArray[np.uint8],
    probabilities: NDArray[np.float32],
    embedding: NDArray[np.float32],
) -> ImageTable:
    """Return the measures of prepared images.

    Args:
        width: original widths in pixels, (n,).
        height: original heights in pixels, (n,).
        pixels: uint8 (n, height, width, channels).
        probabilities: of the classes, (n, classes).
        embedding: (n, dimensions).
    """
    light = np.array([_luminance(image) for image in pixels], np.float64).reshape(len(pixels), 2)
    confidence = probabilities.max(axis=1).astype(np.float64)
    predicted = probabilities.argmax(axis=1).astype(np.int64)
    return ImageTable(width, height, light[:, 0], light[:, 1], predicted, confidence, embedding)


def _luminance(image: NDArray[np.uint8]) -> tuple[float, float]:
    """Return mean and standard deviation, as the statistics of the training images have them."""
    return mean_and_deviation(np.array(array_image(image).convert("L").histogram()))
