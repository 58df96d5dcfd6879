"""The stratified division: exact fractions in each class."""

import heapq
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pipeline.data.splits.class_units import ClassUnits


def exact_quotas(units: ClassUnits, fractions: Sequence[Fraction], rest: int) -> NDArray[np.int64]:
    """Return the bin of each unit, int64 (u,): the bins of each class are filled one after the other.

    Units come in the order of their draws. One that exceeds what is missing in a bin by more than that goes elsewhere.
    A bin that so stays empty gets the smallest unit, if there are three or more.

    Args:
        units: to divide.
        fractions: of each bin.
        rest: the bin that gets what is left.
    """
    bins = np.empty(len(units.units), np.int64)
    for members in _by_class(units):
        sizes = units.sizes[members].tolist()
        total = sum(sizes)
        quotas = {number: _quota(total, one) for number, one in enumerate(fractions) if number != rest}
        if len(sizes) == total:
            filled = [number for number, quota in quotas.items() for _ in range(quota)]
            bins[members] = [*filled, *[rest] * total][:total]
        else:
            bins[members] = _filled(sizes, quotas, rest)
    return bins


def even_folds(units: ClassUnits, folds: int) -> NDArray[np.int64]:
    """Return the fold of each unit, int64 (u,), so that each class has about as many images in each.

    Units go where the class has the fewest images, the largest first; of such folds, where all classes have.

    Args:
        units: to divide.
        folds: how many.
    """
    bins, totals = np.empty(len(units.units), np.int64), np.zeros(folds, np.int64)
    for members in _by_class(units):
        sizes = units.sizes[members]
        if sizes.max() == 1:
            bins[members] = np.resize(np.argsort(totals, kind="stable"), len(members))
        else:
            bins[members] = _evened(sizes.tolist(), totals.tolist())
        totals += np.bincount(bins[members], sizes, folds).astype(np.int64)
    return bins


def _by_class(units: ClassUnits) -> Iterator[NDArray[np.int64]]:
    """Yield the indices of each class's units in the order of their draws."""
    order = np.lexsort((units.draws, units.classes))
    yield from np.split(order, np.flatnonzero(np.diff(units.classes[order])) + 1) if len(order) else ()


def _filled(sizes: Sequence[int], quotas: dict[int, int], rest: int) -> list[int]:
    missing, bins = dict(quotas), []
    for size in sizes:
        chosen = next((number for number, count in missing.items() if count > 0 and size <= 2 * count), rest)
        bins.append(chosen)
        if chosen != rest:
            missing[chosen] -= size
    for number, quota in quotas.items():
        spare = [place for place, chosen in enumerate(bins) if chosen == rest]
        if quota and missing[number] == quota and len(sizes) >= 3 and len(spare) > 1:
            bins[min(spare, key=sizes.__getitem__)] = number
    return bins


def _quota(count: int, fraction: Fraction) -> int:
    """Return the number of images for a fraction, rounded; at least one of three or more, unless the fraction is 0."""
    exact = round(count * fraction)
    return max(exact, 1) if fraction and count >= 3 else exact


def _evened(sizes: Sequence[int], totals: Sequence[int]) -> list[int]:
    bins, waiting = [0] * len(sizes), [(0, total, number) for number, total in enumerate(totals)]
    heapq.heapify(waiting)
    for place in sorted(range(len(sizes)), key=lambda place: -sizes[place]):
        count, total, number = waiting[0]
        bins[place] = number
        heapq.heapreplace(waiting, (count + sizes[place], total + sizes[place], number))
    return bins
