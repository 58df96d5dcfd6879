"""An axis of a chart: where values lie on it, and which of them are written beside it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SPAN = 8  # axes whose ends differ by a larger factor are logarithmic
MOST_TICKS = 6
MULTIPLES = ((1, 2, 5), (1, 3), (1,))  # of powers of ten, on a logarithmic axis


@dataclass(frozen=True)
class ChartAxis:
    """A linear or logarithmic axis.

    Attributes:
        low: value at its start.
        high: value at its end; above `low`.
        logarithmic: whether equal distances are equal factors; then `low` is above zero.
        whole: whether only whole numbers are written beside a linear axis.
    """

    low: float
    high: float
    logarithmic: bool
    whole: bool = True

    def places(self, values: NDArray[np.floating] | NDArray[np.integer] | list[float]) -> NDArray[np.float64]:
        """Return where values lie: 0 at the start, 1 at the end; same shape as `values`."""
        numbers = np.asarray(values, np.float64)
        ends = np.array([self.low, self.high])
        if self.logarithmic:
            numbers, ends = np.log(np.maximum(numbers, 1e-9)), np.log(ends)
        places: NDArray[np.float64] = (numbers - ends[0]) / (ends[1] - ends[0])
        return places

    def ticks(self) -> list[tuple[float, str]]:
        """Return the places of a few round values, and the values as text."""
        values = self._powers() if self.logarithmic else []
        values = values if len(values) > 1 else self._steps()
        return [(float(place), f"{value:,.10g}") for place, value in zip(self.places(values), values, strict=True)]

    def _powers(self) -> list[float]:
        """Return multiples of powers of ten, as dense as there is room for."""
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        choices = [[times * 10.0**power for power in powers for times in multiples] for multiples in MULTIPLES]
        inside = [[value for value in values if self.low <= value <= self.high] for values in choices]
        return next(
            (values for values in inside if len(values) <= MOST_TICKS), inside[-1][:: 1 + len(inside[-1]) // MOST_TICKS]
        )

    def _steps(self) -> list[float]:
        """Return multiples of a round number, as dense as there is room for."""
        step = next(
            times * 10.0**power
            for power in range(0 if self.whole else -12, 19)
            for times in (1, 2, 5)
            if (self.high - self.low) / (times * 10.0**power) <= MOST_TICKS - 1
        )
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


def fitting_axis(values: NDArray[np.integer]) -> ChartAxis:
    """Return an axis for positive values, with some room at its ends.

    Args:
        values: at least one.
    """
    low, high = max(float(values.min()), 1.0), max(float(values.max()), 1.0)
    if high / low > SPAN:
        return ChartAxis(low / 1.15, high * 1.15, logarithmic=True)
    room = max(0.06 * (high - low), 1.0)
    return ChartAxis(max(low - room, 0.0), high + room, logarithmic=False)
