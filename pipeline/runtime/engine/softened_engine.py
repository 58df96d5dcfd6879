"""An engine whose probabilities are taken at a temperature."""

import numpy as np
from numpy.typing import NDArray

from ..temperature import checked_temperature, softened
from .engine_interface import Engine


class SoftenedEngine:
    """Another engine's predictions at a temperature; its class activation maps stay as they are.

    Args:
        engine: what computes them.
        temperature: positive and finite.

    Raises:
        PipelineError: the temperature is not positive and finite.
    """

    def __init__(self, engine: Engine, temperature: float) -> None:
        self.engine, self.temperature = engine, checked_temperature(temperature)

    @property
    def name(self) -> str:
        """The engine, the type in which it computes, and the temperature, for people."""
        return f"{self.engine.name}, temperature {self.temperature:g}"

    def shared(self, threads: int) -> Engine:
        """Return the same network, set up to be called by `threads` threads at once."""
        return SoftenedEngine(self.engine.shared(threads), self.temperature)

    def probabilities(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return class probabilities, (images, classes), of raw pixels, uint8 (images, height, width, channels)."""
        return softened(self.engine.probabilities(pixels), self.temperature)

    def features(self, pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
        """Return class probabilities at the temperature, and the pooled features, (images, features), or None."""
        found = self.engine.features(pixels)
        return None if found is None else (softened(found[0], self.temperature), found[1])

    def class_maps(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        """Return class activation maps, (images, rows, columns, classes), or None where the network has none."""
        return self.engine.class_maps(pixels)
