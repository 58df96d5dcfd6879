"""Corruptions, each in three strengths.

The model is D. Hendrycks, T. Dietterich, "Benchmarking neural network robustness to common corruptions and
perturbations", ICLR 2019, arXiv:1903.12261: noise, blur, brightness and JPEG compression are four of its corruptions,
rotation one of its perturbations.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.robustness.pixel_operations import blurred, brightened, compressed, noisy, rotated

Pixels = NDArray[np.uint8]  # (images, height, width, channels), 1 or 3 channels


@dataclass(frozen=True)
class Corruption:
    """A corruption at one strength.

    Attributes:
        name: `noise`, `blur`, `brightness`, `jpeg` or `rotation`.
        strength: 1 to 3.
        setting: how strong that is, for people.
        operation: what is done to images, by how much.
        amount: by how much.
    """

    name: str
    strength: int
    setting: str
    operation: Callable[[Pixels, float], Pixels]
    amount: float

    def apply(self, pixels: Pixels) -> Pixels:
        """Return corrupted images, of the same shape; `pixels` stay as they are.

        Args:
            pixels: uint8 (images, height, width, channels), with 1 or 3 channels.
        """
        return self.operation(pixels, self.amount)


def _three(name: str, setting: str, operation: Callable[[Pixels, float], Pixels], *amounts: float) -> list[Corruption]:
    return [
        Corruption(name, strength, setting.format(amount), operation, amount)
        for strength, amount in enumerate(amounts, 1)
    ]


CORRUPTIONS = (
    *_three("noise", "standard deviation {:.0%} of the range", noisy, 0.05, 0.1, 0.2),
    *_three("blur", "standard deviation {:.0%} of the shorter side", blurred, 0.01, 0.02, 0.04),
    *_three("brightness", "{:.0%} of the range brighter", brightened, 0.1, 0.3, 0.5),
    *_three("jpeg", "quality {:.0f}", compressed, 50, 25, 10),
    *_three("rotation", "{:.0f}° to either side", rotated, 5, 15, 30),
)
