"""The plain percentile bootstrap of an evaluation's figures, to compare with the intervals that are stated."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.calibration.calibration_error import BINS, confidence_bins
from pipeline.evaluation.scores.scored_images import ScoredImages
from pipeline.evaluation.scores.summary_scores import brier_scores

Floats = NDArray[np.float64]
FEWER = 200  # resamples of figures that need the images in order


def resample_counts(images: int, resamples: int, seed: int = 0) -> NDArray[np.int64]:
    """Return how often each image is drawn, (resamples, images)."""
    return np.random.default_rng(seed).multinomial(images, np.full(images, 1 / images), resamples)


def percentile_intervals(
    images: ScoredImages, counts: NDArray[np.int64], top_k: int
) -> Mapping[str, tuple[float, float]]:
    """Return the limits of each figure of `summary_scores`: the 2.5% and 97.5% quantiles over resamples.

    Args:
        images: the test set.
        counts: how often each image is drawn, (resamples, images).
        top_k: k of top-k accuracy.
    """
    drawn = counts.astype(np.float64)
    total = drawn.sum(axis=1)
    means = {
        "accuracy": images.right.astype(np.float64),
        "top_k_accuracy": (images.rank <= top_k).astype(np.float64),
        "loss": images.loss,
        "brier_score": brier_scores(images),
    }
    figures = {name: drawn @ values / total for name, values in means.items()}
    figures |= _class_figures(images, drawn) | _ranking_figures(images, drawn[:FEWER])
    bins = confidence_bins(images.confidence, BINS)
    gaps = np.zeros((len(bins), BINS))
    gaps[np.arange(len(bins)), bins] = images.confidence - images.right
    figures["expected_calibration_error"] = np.abs(drawn @ gaps).sum(axis=1) / total
    limits = {name: np.nanpercentile(values, [2.5, 97.5]) for name, values in figures.items()}
    return {name: (float(low), float(high)) for name, (low, high) in limits.items()}


def _class_figures(images: ScoredImages, drawn: Floats) -> dict[str, Floats]:
    classes = images.probabilities.shape[1]
    of_class, as_class = np.eye(classes)[images.truth], np.eye(classes)[images.predicted]
    true, predicted, right = drawn @ of_class, drawn @ as_class, drawn @ (of_class * as_class)
    with np.errstate(invalid="ignore"):
        recall, precision, f1 = right / true, right / predicted, 2 * right / (true + predicted)
    return {
        "macro_recall": np.nanmean(recall, axis=1),
        "balanced_accuracy": np.nanmean(recall, axis=1),
        "min_class_recall": np.nanmin(recall, axis=1),
        "macro_precision": np.nanmean(precision, axis=1),
        "macro_f1": np.nanmean(f1, axis=1),
    }


def _ranking_figures(images: ScoredImages, drawn: Floats) -> dict[str, Floats]:
    precisions, areas = [], []
    for index in range(images.probabilities.shape[1]):
        order = np.argsort(-images.probabilities[:, index], kind="stable")
        weights, positive = drawn[:, order], images.truth[order] == index
        hits, above = np.cumsum(weights * positive, axis=1), np.cumsum(weights, axis=1)
        total, others = hits[:, -1], above[:, -1] - hits[:, -1]
        with np.errstate(invalid="ignore"):
            precisions.append((weights * positive * hits / np.maximum(above, 1)).sum(axis=1) / total)
            areas.append((weights * ~positive * hits).sum(axis=1) / (total * others))
    return {
        "mean_average_precision": np.nanmean(precisions, axis=0),
        "macro_roc_auc": np.nanmean(areas, axis=0),
    }
