"""A network's prediction for an image, also as a row of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Prediction:
    """A network's prediction for one image.

    Attributes:
        name: of the image: its path, or `image N`.
        probabilities: of the classes, (classes,); None where the image cannot be read.
        error: why it cannot be read, or an empty string.
    """

    name: str
    probabilities: NDArray[np.float32] | None
    error: str = ""

    def best(self, count: int) -> list[tuple[int, float]]:
        """Return index and probability of the `count` most probable classes; nothing where it cannot be read."""
        if self.probabilities is None:
            return []
        order = np.argsort(-self.probabilities, kind="stable")[:count]
        return [(int(index), float(self.probabilities[index])) for index in order]


class Outcome(NamedTuple):
    """What is remembered of a prediction: the class's index (None: unreadable), its probability, the error."""

    predicted: int | None
    confidence: float
    error: str

    @classmethod
    def of(cls, prediction: Prediction) -> "Outcome":
        """Return what is remembered of a prediction."""
        index, confidence = next(iter(prediction.best(1)), (None, 0.0))
        return cls(index, confidence, prediction.error)


def columns(top: int, name: str = "path") -> list[str]:
    """Return the names of the columns: the image's, then class and probability of the `top` best, then `error`."""
    best = [f"{column}{_suffix(rank)}" for rank in range(1, top + 1) for column in ("predicted", "confidence")]
    return [name, *best, "error"]


def row(prediction: Prediction, classes: Sequence[str], top: int) -> list[Any]:
    """Return a row of those columns; None where an image cannot be read."""
    best = [value for index, probability in prediction.best(top) for value in (classes[index], probability)]
    empty = [None] * (2 * min(top, len(classes)) - len(best))
    return [prediction.name, *best, *empty, prediction.error]


def _suffix(rank: int) -> str:
    return "" if rank == 1 else f"_{rank}"
