"""Which class each unit of images counts for, and with how many images."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.data.splits.units import Units


@dataclass(frozen=True)
class ClassUnits:
    """Units that are to be divided, in the order of their names.

    Attributes:
        units: int64 (u,): their numbers among all units.
        classes: int64 (u,): number of the class of each.
        sizes: int64 (u,): images of each that are to be divided; exact copies count once.
        draws: float64 (u,): random numbers from 0 to 1.
    """

    units: NDArray[np.int64]
    classes: NDArray[np.int64]
    sizes: NDArray[np.int64]
    draws: NDArray[np.float64]

    def only(self, chosen: NDArray[np.bool_], draws: NDArray[np.float64]) -> Self:
        """Return the chosen units.

        Args:
            chosen: bool (u,).
            draws: new random numbers of all units.
        """
        units = self.units[chosen]
        return type(self)(units, self.classes[chosen], self.sizes[chosen], draws[units])


def class_units(
    units: Units, labels: Sequence[str] | pd.Series, free: NDArray[np.bool_], draws: NDArray[np.float64]
) -> ClassUnits:
    """Return the units that have an image to be divided.

    A unit with images of several classes counts for the rarest of them (of two equally rare ones, the first by name):
    the others have more units to choose from.

    Args:
        units: of all images.
        labels: class names (n,).
        free: bool (n,): whether an image is to be divided.
        draws: random number of each unit.
    """
    codes, names = pd.factorize(labels if isinstance(labels, pd.Series) else pd.Series(labels, dtype="str"), sort=True)
    _, kept = np.unique(units.digests[free] * len(names) + codes[free], return_index=True)
    of, label = units.of[free][kept], codes[free][kept]
    counts = np.bincount(label, minlength=len(names))
    rank = np.empty(len(names), np.int64)
    rank[np.argsort(counts, kind="stable")] = np.arange(len(names))
    classes = np.full(len(units.names), len(names))
    np.minimum.at(classes, of, rank[label])
    _, first = np.unique(units.digests[free], return_index=True)
    sizes = np.bincount(units.of[free][first], minlength=len(units.names))
    there = np.flatnonzero(sizes)
    return ClassUnits(there, classes[there], sizes[there], draws[there])
