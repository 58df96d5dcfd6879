"""Whether two sets of images have the same mix of predicted classes."""

import numpy as np
from numpy.typing import NDArray

from pipeline.monitoring.shift.shift_test import ShiftTest

DRAWS = 999


def class_mix_test(new: NDArray[np.int64], reference: NDArray[np.int64], generator: np.random.Generator) -> ShiftTest:
    """Return the permutation test of two sets of class counts.

    The statistic is the total variation distance: the share of images that would have to be of other classes for the
    mixes to be equal. The p-value is that of random divisions of all images into two sets of these sizes, so that rare
    and many classes need no approximation. The effect is the distance less its mean over these divisions.

    Args:
        new: images of each class, (classes,).
        reference: images of each class, (classes,).
        generator: of the divisions.
    """
    pooled, number = new + reference, int(new.sum())
    divided = generator.multivariate_hypergeometric(pooled, number, size=DRAWS, method="marginals")
    by_chance = _distances(divided, pooled - divided)
    found = float(_distances(new[None], reference[None])[0])
    at_least = int(np.count_nonzero(by_chance >= found - 1e-12))
    return ShiftTest(max(found - float(by_chance.mean()), 0.0), (1 + at_least) / (1 + DRAWS))


def _distances(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return total variation distances, (draws,), of counts, (draws, classes)."""
    shares = [counts / counts.sum(axis=1, keepdims=True) for counts in (first, second)]
    return np.asarray(np.abs(shares[0] - shares[1]).sum(axis=1) / 2)
