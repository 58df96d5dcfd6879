"""Slices of the images, those first on which the network is worse than chance explains."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.scores.multiple_tests import holm
from pipeline.evaluation.scores.proportion import wilson
from pipeline.evaluation.slices.image_groupings import image_groupings

FEWEST = 10  # images of a slice that is looked at
LEVEL = 0.05  # chance that all slices together give a false finding


@dataclass(frozen=True)
class Slice:
    """Images that have something in common.

    Attributes:
        column: the property, such as `brightness`.
        value: what its images have in common, such as `darkest quarter, below 71`.
        images: how many there are.
        errors: how many of them the network gets wrong.
        accuracy: of these images, with Wilson's interval.
        rest: accuracy of all other images.
        p_value: probability that chance alone puts as many errors into this slice or more, adjusted for the number of
            slices that were looked at.
    """

    column: str
    value: str
    images: int
    errors: int
    accuracy: Estimate
    rest: float
    p_value: float

    @property
    def is_finding(self) -> bool:
        """Whether chance does not explain that the network is worse here."""
        return self.p_value < LEVEL


def worst_slices(table: pd.DataFrame, training_images: Mapping[str, int]) -> list[Slice]:
    """Return every slice with at least 10 images: findings first, by accuracy, then the others, by their p-value.

    The test is Fisher's exact one, one-sided: if errors fell on images at random, the number of them in a slice would
    have the hypergeometric distribution. Holm's step-down procedure adjusts for the number of slices (S. Holm, "A
    simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979).

    Args:
        table: a predictions table's rows of one split.
        training_images: how many training images each class has.
    """
    large = [one for one in _counts(table, training_images) if one[2] >= FEWEST]
    if not large:
        return []
    images, errors = (np.array([one[place] for one in large], np.int64) for place in (2, 3))
    wrong = len(table) - int(table["correct"].sum())
    p_values = holm(_chances(images, errors, len(table), wrong))
    slices = [
        Slice(
            column, value, count, failed, wilson(count - failed, count),
            1 - (wrong - failed) / (len(table) - count), float(p_value),
        )
        for (column, value, count, failed), p_value in zip(large, p_values, strict=True)
    ]  # fmt: skip
    return sorted(slices, key=_rank)


def small_slices(table: pd.DataFrame, training_images: Mapping[str, int]) -> int:
    """Return how many slices have fewer than 10 images, so that `worst_slices` leaves them out.

    Args:
        table: a predictions table's rows of one split.
        training_images: how many training images each class has.
    """
    return sum(images < FEWEST for _, _, images, _ in _counts(table, training_images))


def _counts(table: pd.DataFrame, training_images: Mapping[str, int]) -> Iterator[tuple[str, str, int, int]]:
    """Yield column, value, images and errors of each slice that has images, but not all."""
    wrong = ~table["correct"].to_numpy(np.bool_)
    for grouping in image_groupings(table, training_images):
        known = grouping.codes >= 0
        images = np.bincount(grouping.codes[known], minlength=len(grouping.values))
        errors = np.bincount(grouping.codes[known & wrong], minlength=len(grouping.values))
        for value, count, failed in zip(grouping.values, images.tolist(), errors.tolist(), strict=True):
            if 0 < count < len(table):
                yield grouping.column, value, count, failed


def _chances(images: NDArray[np.int64], errors: NDArray[np.int64], every: int, wrong: int) -> NDArray[np.float64]:
    """Return the probability of at least `errors` errors in each slice."""
    from scipy.stats import hypergeom

    return np.asarray(hypergeom.sf(errors - 1, every, wrong, images), np.float64)


def _rank(one: Slice) -> tuple[float, ...]:
    first = one.accuracy.value if one.is_finding else one.p_value
    return (not one.is_finding, first, one.accuracy.value, -one.images)
