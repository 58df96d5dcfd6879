"""Intervals of the differences of two models' figures that a few images cannot make too narrow."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.comparison.paired_images import PairedImages
from pipeline.evaluation.comparison.paired_proportions import difference_limits, mcnemar
from pipeline.evaluation.scores.influences import student_quantile

FEWEST_DISCORDANT = 10  # images that one model alone gets right, from which on resamples vary enough
LEVEL = 0.05

Counts = NDArray[np.int64]
Interval = tuple[float, float]


def accuracy_interval(only_a: Counts, only_b: Counts, each: Counts) -> Interval:
    """Return Tango's interval of accuracy B − accuracy A.

    Args:
        only_a: images that A alone gets right, of each class, (classes,).
        only_b: images that B alone gets right, of each class, (classes,).
        each: images of each class, (classes,).
    """
    low, high = difference_limits(only_a.sum(), only_b.sum(), each.sum())
    return float(low), float(high)


def balanced_interval(only_a: Counts, only_b: Counts, each: Counts) -> Interval:
    """Return the interval of the mean of the classes' differences of recall, from Tango's interval of each class.

    The distances of a class's limits from its difference are squared, added over the classes, and the root is divided
    by the number of classes (G. Y. Zou and A. Donner, "Construction of confidence limits about effect measures: a
    general approach", Statistics in Medicine 27, 2008). So a class with few images is known as little as it is.

    Args:
        only_a: images that A alone gets right, of each class, (classes,).
        only_b: images that B alone gets right, of each class, (classes,).
        each: images of each class, (classes,); a class without any is left out.
    """
    there = each > 0
    difference = (only_b - only_a)[there] / each[there]
    low, high = difference_limits(only_a[there], only_b[there], each[there])
    below, above = (sqrt(float(((end - difference) ** 2).sum())) / len(difference) for end in (low, high))
    mean = float(difference.mean())
    return mean - below, mean + above


def steady_interval(interval: Interval, difference: float, influences: NDArray[np.float64]) -> Interval:
    """Return an interval that reaches at least as far from the difference as Student's t.

    Where a few images make most of the difference, their number is too small for the resamples' spread to be known; the
    degrees of freedom are then few.

    Args:
        interval: of the resamples.
        difference: of the figures, B − A.
        influences: of each image on the difference, (images,).
    """
    reach = student_quantile(influences) * sqrt(float((influences**2).sum()))
    return min(interval[0], difference - reach), max(interval[1], difference + reach)


def tell_apart(images: PairedImages) -> bool:
    """Return whether the models differ on enough images to show a difference of loss or calibration error.

    Either at least `FEWEST_DISCORDANT` images are right with one model alone, or the exact sign test of the images'
    losses rejects, at 5%, that each model has the lower one equally often. Softer probabilities change no prediction,
    but nearly every loss.
    """
    right_a, right_b = (table["correct"].to_numpy(bool) for table in (images.a, images.b))
    if (right_a != right_b).sum() >= FEWEST_DISCORDANT:
        return True
    loss_a, loss_b = (table["loss"].to_numpy(np.float64) for table in (images.a, images.b))
    return bool(mcnemar((loss_a < loss_b).sum(), (loss_b < loss_a).sum()) < LEVEL)
