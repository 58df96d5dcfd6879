"""Where the parts of small pictures of differences lie: an interval, its value, and zero."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan

from pipeline.evaluation.scores.interval_estimate import Estimate

WIDTH = 100.0  # of a picture, in its own units


@dataclass(frozen=True)
class DifferenceBar:
    """A picture of one difference; zero is in its middle.

    Attributes:
        left: where the interval begins; None if there is no interval.
        width: of the interval.
        at: where the difference is.
        kind: `better` where the interval leaves out zero and B is better, `worse` where A is, else an empty string.
    """

    left: float | None
    width: float
    at: float
    kind: str


def largest_size(differences: Iterable[Estimate]) -> float:
    """Return the largest distance of a limit or a difference from zero; 1 if all are zero.

    Args:
        differences: that share a scale.
    """
    ends = (abs(end) for one in differences for end in (one.value, one.low, one.high) if not isnan(end))
    return max(ends, default=0.0) or 1.0


def difference_bar(difference: Estimate, size: float, better: str) -> DifferenceBar:
    """Return the parts of a picture.

    Args:
        difference: B − A.
        size: at the ends of the picture, as `largest_size` returns it.
        better: `A`, `B` or an empty string.
    """

    def place(value: float) -> float:
        return round(WIDTH / 2 * (1 + value / size), 2)

    kind = {"A": "worse", "B": "better"}.get(better, "")
    if isnan(difference.low):
        return DifferenceBar(None, 0.0, place(difference.value), kind)
    left = place(difference.low)
    return DifferenceBar(left, round(max(place(difference.high) - left, 0.5), 2), place(difference.value), kind)
