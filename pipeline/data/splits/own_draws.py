"""The stable division: each unit goes where its own draw falls, unless its class comes out too uneven."""

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.data.splits.class_balance import ClassBalance
from pipeline.data.splits.class_units import ClassUnits

FEWEST_UNITS = 3  # of a class that is to be in train, validation and test


def own_draws(units: ClassUnits, fractions: Sequence[Fraction], rest: int | None) -> NDArray[np.int64]:
    """Return the bin of each unit, int64 (u,): the bins lie on the line from 0 to 1, the draw is a place on it.

    Then every class whose images are too few or too many in a bin, as `image_limits` says, moves units, no more images
    than are missing or too many if units have one each. Units of other classes stay. So a unit whose draw did not
    change when images came or went changes its bin only if its class moves it before or after.

    Args:
        units: to divide.
        fractions: of each bin; their sum is 1.
        rest: the bin that gives and takes first; None: the fullest and the emptiest do.
    """
    ends = np.cumsum(np.array(fractions, object))[:-1].astype(float)
    bins = np.searchsorted(ends, units.draws, side="right").astype(np.int64)
    count, width = int(units.classes.max(initial=-1)) + 1, len(fractions)
    images = np.bincount(units.classes * width + bins, units.sizes, count * width).reshape(count, width)
    members = np.bincount(units.classes, minlength=count)
    totals = images.sum(axis=1).astype(np.int64).tolist()
    several = zip(totals, np.minimum(members, width).tolist(), strict=True)
    limits = np.array([image_limits(*one, tuple(fractions), rest) for one in several]).reshape(count, 2, width)
    uneven = ((images < limits[:, 0]) | (images > limits[:, 1])).any(axis=1) & (members > 0)
    for chosen in _members(units, uneven):
        least, most = limits[units.classes[chosen[0]]].tolist()
        bins[chosen] = ClassBalance(bins[chosen].tolist(), units.sizes[chosen].tolist(), least, most, rest).balanced()
    return bins


@lru_cache(maxsize=4096)
def image_limits(
    images: int, units: int, fractions: tuple[Fraction, ...], rest: int | None
) -> tuple[list[int], list[int]]:
    """Return the fewest and the most images of a class in each bin.

    Half of the bin's quota (images × fraction) at least, and one; twice the quota at most, or one. A bin of fraction 0
    gets none. A class of too few units only keeps one in `rest`.

    With units of one image such a division exists. Let n be the images, k the bins. The most: each is more than twice
    the quota - 1, so their sum is more than 2n - k, and at least n if n ≥ k. The fewest: each is less than half of the
    quota + 1, so their sum is less than n/2 + k, and at most n if n ≥ 2k - 2; if the sum is greater than n, each is one
    instead, and k ≤ n. (For k = 3, that is so for n = 3 only; equal fractions never exceed n.)

    Args:
        images: of the class, exact copies counted once.
        units: of the class, at most the number of bins.
        fractions: of each bin.
        rest: as in `own_draws`.
    """
    quotas = [images * fraction for fraction in fractions]
    if rest is not None and units < FEWEST_UNITS:
        return [int(number == rest) for number in range(len(quotas))], [images if quota else 0 for quota in quotas]
    least = [max(1, math.ceil(quota / 2)) if quota else 0 for quota in quotas]
    if sum(least) > images:
        least = [min(1, one) for one in least]
    if units < len(quotas) and rest is None:
        least = [0] * len(quotas)
    return least, [max(1, math.floor(2 * quota)) if quota else 0 for quota in quotas]


def _members(units: ClassUnits, uneven: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Return the indices of the units of each uneven class in the order of their draws."""
    some = np.flatnonzero(uneven[units.classes])
    order = some[np.lexsort((units.draws[some], units.classes[some]))]
    return np.split(order, np.flatnonzero(np.diff(units.classes[order])) + 1) if len(order) else []
