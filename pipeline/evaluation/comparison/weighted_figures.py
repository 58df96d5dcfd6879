"""Figures of one model for resamples of its images: quickly recomputed from how often each image was drawn."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.calibration.calibration_error import BINS, confidence_bins


class WeightedFigures:
    """Figures of a predictions table.

    Every figure follows from sums over images, so a sparse matrix with a row per image is multiplied by the weights.

    Args:
        table: a predictions table (label, predicted, confidence, correct, loss), n rows.
        classes: class names.
    """

    def __init__(self, table: pd.DataFrame, classes: Sequence[str]) -> None:
        from scipy.sparse import csr_array

        index = {name: number for number, name in enumerate(classes)}
        truth = table["label"].map(index).to_numpy(np.int64)
        predicted = table["predicted"].map(index).to_numpy(np.int64)
        correct, loss, confidence = (table[name].to_numpy(np.float64) for name in ("correct", "loss", "confidence"))
        bins = confidence_bins(confidence, BINS)
        self._gap, self._bins, self._loss = correct - confidence, bins, loss
        self._classes, number, ones = len(classes), np.arange(len(table)), np.ones(len(table))
        self._ends = np.cumsum([self._classes, self._classes, self._classes, BINS, 1])
        starts = [0, *self._ends]
        columns = [truth, truth, predicted, bins, 0 * number, 0 * number]
        values = [correct, ones, ones, self._gap, correct, loss]
        places = np.concatenate([start + column for start, column in zip(starts, columns, strict=True)])
        shape = len(table), int(starts[-1]) + 1
        self._sums = csr_array((np.concatenate(values), (np.tile(number, len(values)), places)), shape=shape)

    def figures(self, weights: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Return figures for images that are there as often as their weights say, (resamples,) each.

        Accuracy; balanced accuracy, the mean of the classes' recalls; macro F1, the mean of their F1; loss, the mean
        cross-entropy in nats; expected calibration error. A class without images has no recall, and without
        predictions too no F1: it is left out of the means.

        Args:
            weights: (resamples, n), 0 or more, each row with a positive sum.
        """
        parts = np.split(weights @ self._sums, self._ends, axis=1)
        hits, of_class, predicted, gaps, correct, loss = parts
        total = weights.sum(axis=1)
        return {
            "accuracy": correct[:, 0] / total,
            "balanced_accuracy": _mean_ratio(hits, of_class),
            "macro_f1": _mean_ratio(2 * hits, of_class + predicted),
            "loss": loss[:, 0] / total,
            "expected_calibration_error": np.abs(gaps).sum(axis=1) / total,
        }

    def influences(self) -> dict[str, NDArray[np.float64]]:
        """Return the derivatives of loss and expected calibration error by each image's weight, (n,) each."""
        count = len(self._loss)
        sides = np.sign(np.bincount(self._bins, self._gap, BINS))[self._bins] * self._gap
        of_image = {"loss": self._loss, "expected_calibration_error": sides}
        return {name: (values - values.mean()) / count for name, values in of_image.items()}


def _mean_ratio(parts: NDArray[np.float64], wholes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, for each row, the mean of parts / wholes over the columns whose whole is not 0."""
    ratios = np.divide(parts, wholes, out=np.zeros_like(parts), where=wholes > 0)
    mean: NDArray[np.float64] = ratios.sum(axis=1) / (wholes > 0).sum(axis=1)
    return mean
