"""What every engine offers."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Engine(Protocol):
    """Computes predictions; several threads may call it at once."""

    @property
    def name(self) -> str:
        """The engine and the type in which it computes, for people."""

    def shared(self, threads: int) -> "Engine":
        """Return the same network, set up to be called by `threads` threads at once; with 1, a call uses all cores."""

    def probabilities(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return class probabilities, (images, classes), of raw pixels, uint8 (images, height, width, channels)."""

    def features(self, pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
        """Return class probabilities, and the pooled features from which they are computed, (images, features).

        None where the network has no such features, or was saved without them.
        """

    def class_maps(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        """Return class activation maps, (images, rows, columns, classes), or None where the network has none."""
