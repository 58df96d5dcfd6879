"""Whether two sets of points in a space of many dimensions have the same distribution."""

import numpy as np
from numpy.typing import NDArray

from pipeline.monitoring.shift.shift_test import ShiftTest

PERMUTATIONS = 499


def energy_test(new: NDArray[np.float32], reference: NDArray[np.float32], generator: np.random.Generator) -> ShiftTest:
    """Return the permutation test of the energy distance.

    The energy distance is 2 E|X − Y| − E|X − X'| − E|Y − Y'|; the effect is that over 2 E|X − Y|, from 0 (the same
    distribution) to 1 (G. Székely, M. Rizzo, "Energy statistics: a class of statistics based on distances", Journal of
    Statistical Planning and Inference 143, 2013, sections 2 and 7). Means leave out a point's distance to itself.

    Args:
        new: (n, dimensions), at least two points.
        reference: (m, dimensions), at least two points.
        generator: of the permutations.
    """
    from scipy.spatial.distance import pdist, squareform

    points = np.concatenate([new, reference]).astype(np.float64)
    distances, number, total = squareform(pdist(points)), len(new), len(points)
    member = np.zeros((1 + PERMUTATIONS, total))
    member[0, :number] = 1
    for row in member[1:]:
        row[generator.permutation(total)[:number]] = 1
    toward = member @ distances
    within = (toward * member).sum(axis=1)
    across = (toward * (1 - member)).sum(axis=1)
    outside = distances.sum() - within - 2 * across
    others = total - number
    apart = 2 * across / (number * others)
    energy = apart - within / (number * (number - 1)) - outside / (others * (others - 1))
    at_least = int(np.count_nonzero(energy[1:] >= energy[0] - 1e-12))
    effect = max(float(energy[0] / apart[0]), 0.0) if apart[0] > 0 else 0.0
    return ShiftTest(effect, (1 + at_least) / (1 + PERMUTATIONS))
