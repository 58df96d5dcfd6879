"""The columns of a predictions table that figures are computed from, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.predictions_table import probability_columns


@dataclass(frozen=True)
class ScoredImages:
    """Predictions for n images, ordered by digest, so that the table's order changes no figure, not even by rounding.

    Attributes:
        truth: index of the true class, (n,).
        predicted: index of the predicted class, (n,).
        probabilities: (n, classes).
        confidence: probability of the predicted class, (n,).
        loss: cross-entropy in nats, (n,).
        rank: of the true class, 1 is best, (n,).
    """

    truth: NDArray[np.int64]
    predicted: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    confidence: NDArray[np.float64]
    loss: NDArray[np.float64]
    rank: NDArray[np.int64]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether the predicted class is the true one, (n,)."""
        return np.asarray(self.truth == self.predicted)


def scored_images(table: pd.DataFrame, classes: Sequence[str]) -> ScoredImages:
    """Return the columns of a predictions table.

    Args:
        table: rows of a predictions table.
        classes: class names in index order.
    """
    keys = table[["digest", "position", "label"]].reset_index(drop=True)
    order = keys.sort_values(["digest", "position", "label"]).index.to_numpy()
    probabilities = table[probability_columns(classes)].to_numpy(np.float32)
    return ScoredImages(
        truth=class_indices(table["label"], classes)[order],
        predicted=class_indices(table["predicted"], classes)[order],
        probabilities=probabilities[order],
        confidence=table["confidence"].to_numpy(np.float64)[order],
        loss=table["loss"].to_numpy(np.float64)[order],
        rank=table["rank"].to_numpy(np.int64)[order],
    )


def class_indices(names: "pd.Series[str]", classes: Sequence[str]) -> NDArray[np.int64]:
    """Return the index of the class of each name, (names,); -1 for a name that is no class."""
    return np.asarray(pd.Index(classes).get_indexer(pd.Index(names)), np.int64)
