"""A small picture of one figure: a dot per fold, mean and standard deviation as a line."""

import math
from collections.abc import Sequence
from typing import Any

from pipeline.crossvalidation.fold_statistics import Spread

WIDTH = 200.0  # of the strip, in its own units
MARGIN = 5.0


def strip_start(values: Sequence[float]) -> float:
    """Return where the scale of strips begins, a tenth at or below the lowest of `values`; it ends at 1."""
    return min(0.9, math.floor(10 * min(values, default=0.0)) / 10)


def fold_strip(values: Sequence[float], value: Spread, start: float) -> dict[str, Any]:
    """Return where the strip's parts are, in units of its width.

    Args:
        values: one per fold, at most 1.
        value: their mean and standard deviation.
        start: the value at the strip's left end.
    """

    def place(number: float) -> float:
        share = (min(max(number, start), 1.0) - start) / (1 - start)
        return round(MARGIN + (WIDTH - 2 * MARGIN) * share, 1)

    std = 0.0 if math.isnan(value.std) else value.std
    known = not math.isnan(value.mean)
    return {
        "width": WIDTH,
        "dots": [place(number) for number in values],
        "mean": place(value.mean) if known else None,
        "line": (place(value.mean - std), place(value.mean + std)) if known else None,
    }
