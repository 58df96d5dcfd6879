"""Counts of each class, and the proportions among them with their intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.scores.proportion import NORMAL_97_5, wilson, wilson_interval
from pipeline.evaluation.scores.scored_images import ScoredImages, class_indices

Counts = NDArray[np.int64]
PRIOR = NORMAL_97_5**2  # images of the average class that are added to each class where a variance is estimated


@dataclass(frozen=True)
class ClassCounts:
    """Counts of images, (classes,) each.

    Attributes:
        images: of the class.
        predicted: predicted as the class.
        right: of the class and predicted so.
    """

    images: Counts
    predicted: Counts
    right: Counts

    @property
    def either(self) -> Counts:
        """Of the class or predicted as it, (classes,): TP + FP + FN."""
        return self.images + self.predicted - self.right


def class_counts(images: ScoredImages) -> ClassCounts:
    """Return the counts of each class."""
    classes = images.probabilities.shape[1]
    return ClassCounts(
        np.bincount(images.truth, minlength=classes),
        np.bincount(images.predicted, minlength=classes),
        np.bincount(images.truth[images.right], minlength=classes),
    )


def confusion_counts(table: pd.DataFrame, classes: Sequence[str]) -> Counts:
    """Return counts, (classes, classes): row the true class, column the predicted one."""
    count = len(classes)
    pairs = class_indices(table["label"], classes) * count + class_indices(table["predicted"], classes)
    return np.bincount(pairs, minlength=count * count).reshape(count, count)


def f1_estimate(right: int, either: int) -> Estimate:
    """Return F1 with its interval: F1 = 2q/(1 + q) grows with q = TP/(TP + FP + FN), a proportion with Wilson's."""
    share = wilson(right, either)
    return Estimate(_f1(share.value), _f1(share.low), _f1(share.high))


def mean_share(right: Counts, trials: Counts) -> Estimate:
    """Return the mean of the classes' proportions with its interval.

    It is Wilson's for the number of trials that has the mean's variance. A class without trials is left out. A class's
    variance is that of its proportion after `PRIOR` trials with the average result were added, so that a few that all
    succeeded do not count as certain.

    Args:
        right: successes of each class, (classes,).
        trials: of each class, (classes,).
    """
    known = trials > 0
    if not known.any():
        return Estimate(nan)
    successes, total = right[known], trials[known]
    likely = _likely_shares(successes, total)
    variance = float((likely * (1 - likely) / total).sum()) / len(total) ** 2
    return _effective(float((successes / total).mean()), float(likely.mean()), variance)


def mean_f1(right: Counts, either: Counts) -> Estimate:
    """Return the mean of the classes' F1 with its interval, Wilson's for the number of trials that has its variance.

    A wrong image lowers the F1 of two classes, that it has and that it was given, so their errors' variances add up to
    twice their sum at most: (a + b)² ≤ 2(a² + b²). Classes without images and predictions are left out.

    Args:
        right: TP of each class, (classes,).
        either: TP + FP + FN of each class, (classes,).
    """
    known = either > 0
    if not known.any():
        return Estimate(nan)
    successes, total = right[known], either[known]
    likely = _likely_shares(successes, total)
    slope = 2 / (1 + likely) ** 2
    parts = slope**2 * (likely * (1 - likely) ** 2 + 2 * (1 - likely) * likely**2) / total
    shares = successes / total
    value = float((2 * shares / (1 + shares)).mean())
    return _effective(value, float((2 * likely / (1 + likely)).mean()), float(parts.sum()) / len(total) ** 2)


def lowest_share(right: Counts, trials: Counts) -> Estimate:
    """Return the lowest of the classes' proportions, with an interval for the lowest one of all images there could be.

    Its lower limit is the lowest of the classes' lower limits. Its upper limit is the lowest of upper limits that are
    wide enough to hold for all classes at once (Bonferroni), since the class that looks worst is partly so by chance.

    Args:
        right: successes of each class, (classes,).
        trials: of each class, (classes,); a class without any is left out.
    """
    from scipy.special import ndtri

    known = trials > 0
    if not known.any():
        return Estimate(nan)
    pairs = list(zip(right[known].tolist(), trials[known].tolist(), strict=True))
    quantile = float(ndtri(1 - 0.025 / len(pairs)))
    return Estimate(
        min(successes / total for successes, total in pairs),
        min(wilson(successes, total).low for successes, total in pairs),
        min(wilson_interval(successes / total, total, quantile).high for successes, total in pairs),
    )


def _likely_shares(right: Counts, trials: Counts) -> NDArray[np.float64]:
    average = (right.sum() + 0.5) / (trials.sum() + 1)
    return np.asarray((right + PRIOR * average) / (trials + PRIOR), np.float64)


def _effective(value: float, likely: float, variance: float) -> Estimate:
    return wilson_interval(min(value, 1.0), likely * (1 - likely) / variance)


def _f1(share: float) -> float:
    return 2 * share / (1 + share)
