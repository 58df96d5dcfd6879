"""A large set of predictions from which test sets are drawn: the figures that they estimate are known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.predictions_table import predictions_table

TUNED = 100_000  # images on which the ease of the whole set is set


@dataclass(frozen=True)
class Population:
    """Predictions for n images.

    Attributes:
        truth: index of the true class, (n,).
        probabilities: (n, classes).
    """

    truth: NDArray[np.int64]
    probabilities: NDArray[np.float32]

    @property
    def classes(self) -> list[str]:
        """Class names in index order."""
        return [f"class {index}" for index in range(self.probabilities.shape[1])]

    def table(self, chosen: Sequence[int] | NDArray[np.int64]) -> pd.DataFrame:
        """Return the predictions table of the chosen images; an image may be chosen twice."""
        truth = self.truth[chosen]
        rows = pd.DataFrame({"class_index": truth, "label": np.asarray(self.classes, object)[truth], "split": "test"})
        rows["path"] = rows["digest"] = [f"{index:09d}" for index in chosen]
        rows["position"] = np.arange(len(rows))
        return predictions_table(rows, self.probabilities[chosen], self.classes)


def synthetic_population(
    accuracy: float, images: int, classes: int = 10, sharpness: float = 1.2, seed: int = 0
) -> Population:
    """Return predictions of about the given accuracy.

    A class's score is normally distributed, and that of the true class is higher by a distance that differs by class,
    so that some are harder; classes are of different frequency, up to three times. Softmax of the scores times that
    distance is calibrated where all classes are equally hard.

    Args:
        accuracy: of the whole set.
        images: how many.
        classes: how many.
        sharpness: factor of the scores before softmax: 1 is about calibrated, more is overconfident.
        seed: of the draws.
    """
    random = np.random.default_rng(seed)
    frequency = np.linspace(1, 3, classes)
    truth = random.choice(classes, images, p=frequency / frequency.sum())
    scores = random.standard_normal((images, classes), dtype=np.float32)
    ease = random.permutation(np.linspace(0.8, 1.2, classes)).astype(np.float32)
    distance = _distance(accuracy, scores[:TUNED], truth[:TUNED], ease)
    scores[np.arange(images), truth] += distance * ease[truth]
    scores *= np.float32(distance * sharpness)
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    return Population(truth, scores)


def _distance(
    accuracy: float, scores: NDArray[np.float32], truth: NDArray[np.int64], ease: NDArray[np.float32]
) -> float:
    """Return the distance of the true class's score with which the accuracy comes out, by bisection."""
    nearest, farthest, where = 0.0, 20.0, np.arange(len(truth))
    for _ in range(20):
        middle = (nearest + farthest) / 2
        moved = scores.copy()
        moved[where, truth] += np.float32(middle) * ease[truth]
        below = (moved.argmax(axis=1) == truth).mean() < accuracy
        nearest, farthest = (middle, farthest) if below else (nearest, middle)
    return (nearest + farthest) / 2
