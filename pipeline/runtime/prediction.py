"""A network's prediction for an image, also as a row of a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


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
        if count == 1:
            index = int(self.probabilities.argmax())  # the first of equals, as below, and faster
            return [(index, float(self.probabilities[index]))]
        order = (-self.probabilities).argsort(kind="stable")[:count]
        return list(zip(order.tolist(), self.probabilities[order].tolist(), strict=True))


@dataclass(frozen=True)
class PredictedBatch:
    """A network's predictions for several images.

    Attributes:
        names: of all images.
        probabilities: of the classes, (readable images, classes).
        errors: for all images why they cannot be read, or an empty string.
    """

    names: Sequence[str]
    probabilities: NDArray[np.float32]
    errors: Sequence[str]

    def predictions(self) -> Iterator[Prediction]:
        """Yield the prediction for each image."""
        found = iter(self.probabilities)
        for name, error in zip(self.names, self.errors, strict=True):
            yield Prediction(name, None if error else next(found), error)


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


def prediction_table(batches: Sequence[PredictedBatch], classes: Sequence[str], top: int) -> "pd.DataFrame":
    """Return those columns for all images, computed for all rows at once; missing values where one cannot be read.

    Args:
        batches: of the images, in their order.
        classes: class names in index order.
        top: how many classes to name.
    """
    import pandas as pd

    errors = [error for batch in batches for error in batch.errors]
    readable = np.array([not error for error in errors], bool)
    found = np.concatenate([batch.probabilities for batch in batches] or [np.empty((0, len(classes)), np.float32)])
    order = np.argsort(-found, axis=1, kind="stable")[:, :top]
    predicted = np.full((len(errors), order.shape[1]), None, object)
    predicted[readable] = np.array(classes, object)[order]
    confidence = np.full(predicted.shape, np.nan)
    confidence[readable] = np.take_along_axis(found, order, axis=1)
    values: list[Any] = [[name for batch in batches for name in batch.names]]
    for rank in range(order.shape[1]):
        values += [predicted[:, rank], confidence[:, rank]]
    names = columns(min(top, len(classes)), name="image")
    return pd.DataFrame(dict(zip(names, [*values, errors], strict=True)), columns=names)


def _suffix(rank: int) -> str:
    return "" if rank == 1 else f"_{rank}"
