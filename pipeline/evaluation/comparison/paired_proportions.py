"""Two models on the same images: test and interval of the difference of their accuracies."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.evaluation.scores.proportion import NORMAL_97_5

POWER = 0.8416212335729143  # normal quantile of 0.8: 4 of 5
STEPS = 60  # halvings of an interval of length 2: to the precision of a float


def mcnemar(only_a: ArrayLike, only_b: ArrayLike) -> NDArray[np.float64]:
    """Return the p-values of McNemar's exact test that both models are right equally often.

    Of the images that one model alone gets right, each model has half under this hypothesis: a two-sided binomial test.
    It states a false difference in at most the share of cases that the p-value promises.

    Args:
        only_a: numbers of images that A alone gets right.
        only_b: numbers of images that B alone gets right; same shape.
    """
    from scipy.stats import binom

    few, total = np.minimum(only_a, only_b), np.add(only_a, only_b)
    doubled: NDArray[np.float64] = 2 * binom.cdf(few, total, 0.5)
    return np.minimum(doubled, 1.0)


def difference_limits(
    only_a: ArrayLike, only_b: ArrayLike, images: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the limits of 95% intervals of accuracy B − accuracy A; NaN where there are no images.

    The score interval of Tango (1998, Statistics in Medicine 17, 891–908): the differences that its test does not
    reject. With the continuity correction of McNemar's test (the numerator is smaller by 1), so that it includes 0
    where the exact test does not reject equality. Unlike a bootstrap interval, it does not collapse to a point where no
    image tells the models apart.

    Args:
        only_a: numbers of images that A alone gets right.
        only_b: numbers of images that B alone gets right; same shape.
        images: numbers of images; same shape.
    """
    a, b, n = np.broadcast_arrays(*(np.asarray(one, np.float64) for one in (only_a, only_b, images)))
    low, high = -_upper(b, a, n), _upper(a, b, n)
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def _upper(only_a: NDArray[Any], only_b: NDArray[Any], images: NDArray[Any]) -> NDArray[np.float64]:
    """Return the largest differences that are not rejected, by bisection."""
    below, above = np.full(images.shape, -1.0), np.full(images.shape, 1.0)
    for _ in range(STEPS):
        middle = (below + above) / 2
        too_low = images * middle - (only_b - only_a) - 1 <= NORMAL_97_5 * _deviation(only_a, only_b, images, middle)
        below, above = np.where(too_low, middle, below), np.where(too_low, above, middle)
    return above


def _deviation(
    only_a: NDArray[Any], only_b: NDArray[Any], images: NDArray[Any], difference: NDArray[Any]
) -> NDArray[np.float64]:
    """Return the standard deviation of only_b − only_a, if the accuracies differ by `difference` (Tango's formula)."""
    linear = (2 * images - only_b + only_a) * difference - only_a - only_b
    constant = -only_a * difference * (1 - difference)
    root = np.sqrt(np.maximum(linear**2 - 8 * images * constant, 0.0))
    share = np.divide(root - linear, 4 * images, out=np.zeros(images.shape), where=images > 0)
    variance: NDArray[np.float64] = images * (2 * share + difference * (1 - difference))
    return np.sqrt(np.maximum(variance, 0.0))


def detectable_difference(only_a: int, only_b: int, images: int) -> float:
    """Return the accuracy difference that the test shows in 4 of 5 cases, if the models disagree as often as here.

    From the sample size of McNemar's test, solved for the difference (Connor 1987, Biometrics 43, 207–211), with its
    continuity correction. A difference cannot be larger than the share of images that one model alone gets right, so
    this share is taken to be at least that large.

    Args:
        only_a: number of images that A alone gets right.
        only_b: number of images that B alone gets right.
        images: number of images, at least one.
    """
    discordant = (only_a + only_b) / images

    def shown(difference: float) -> bool:
        share = max(discordant, difference)
        needed = NORMAL_97_5 * np.sqrt(share) + POWER * np.sqrt(share - difference**2)
        return bool((difference - 1 / images) * np.sqrt(images) >= needed)

    below, above = 0.0, 1.0
    for _ in range(STEPS):
        middle = (below + above) / 2
        below, above = (below, middle) if shown(middle) else (middle, above)
    return above
