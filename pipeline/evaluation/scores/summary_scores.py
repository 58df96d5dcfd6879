"""Figures of all images together."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.calibration.calibration_error import expected_calibration_error
from pipeline.evaluation.scores.class_counts import class_counts, lowest_share, mean_f1, mean_share
from pipeline.evaluation.scores.influences import positive_interval, share_interval
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.scores.proportion import wilson
from pipeline.evaluation.scores.ranking_scores import mean_rankings
from pipeline.evaluation.scores.scored_images import ScoredImages, scored_images

BLOCK = 4_000_000  # probabilities whose squares are in memory at a time


def summary_scores(table: pd.DataFrame, classes: Sequence[str], top_k: int) -> dict[str, Estimate]:
    """Return the figures of a split, each with its 95% interval (but see `mean_rankings` for classes with few images).

    A class for which a figure is undefined (recall without images of it, precision without predictions of it) is left
    out of means and minima. Figures of a split without images are undefined.

    Args:
        table: rows of a predictions table, of one split.
        classes: class names in index order.
        top_k: k of top-k accuracy.

    Returns:
        accuracy; top_k_accuracy, the share of images whose class is among the `top_k` most probable; loss, the mean
        cross-entropy in nats; macro_precision, macro_recall, macro_f1, unweighted means over classes;
        balanced_accuracy, the same as macro_recall; min_class_recall, that of the worst class; mean_average_precision
        and macro_roc_auc, means over classes of average precision and of the area under the ROC curve, each class
        against the others; expected_calibration_error (15 bins); brier_score, the mean squared distance of the
        probabilities, 0…2.
    """
    images = scored_images(table, classes)
    counts, count = class_counts(images), len(images.truth)
    recall = mean_share(counts.right, counts.images)
    mean_average_precision, macro_roc_auc = mean_rankings(images)
    return {
        "accuracy": wilson(int(images.right.sum()), count),
        "top_k_accuracy": wilson(int((images.rank <= top_k).sum()), count),
        "loss": _mean_loss(images.loss),
        "macro_precision": mean_share(counts.right, counts.predicted),
        "macro_recall": recall,
        "macro_f1": mean_f1(counts.right, counts.either),
        "min_class_recall": lowest_share(counts.right, counts.images),
        "balanced_accuracy": recall,
        "mean_average_precision": mean_average_precision,
        "macro_roc_auc": macro_roc_auc,
        "expected_calibration_error": expected_calibration_error(images.confidence, images.right),
        "brier_score": _mean_brier_score(brier_scores(images)),
    }


def brier_scores(images: ScoredImages) -> NDArray[np.float64]:
    """Return the squared distance of each image's probabilities from 1 for its class and 0 for others, (images,).

    G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78, 1950.
    """
    scores = np.empty(len(images.truth))
    step = max(1, BLOCK // images.probabilities.shape[1])
    for start in range(0, len(scores), step):
        block = images.probabilities[start : start + step].astype(np.float64)
        block[np.arange(len(block)), images.truth[start : start + step]] -= 1
        scores[start : start + step] = (block**2).sum(axis=1)
    return scores


def _mean_loss(loss: NDArray[np.float64]) -> Estimate:
    value = float(loss.mean()) if len(loss) else np.nan
    return positive_interval(value, (loss - value) / max(len(loss), 1))


def _mean_brier_score(scores: NDArray[np.float64]) -> Estimate:
    value = float(scores.mean()) / 2 if len(scores) else np.nan
    half = share_interval(value, (scores / 2 - value) / max(len(scores), 1), max(len(scores), 1))
    return Estimate(2 * half.value, 2 * half.low, 2 * half.high)
