"""A figure that is known from a sample of images only."""

from dataclasses import dataclass
from math import isnan, nan


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval.

    Attributes:
        value: the figure; NaN if it is undefined.
        low: lower limit of the 95% interval; NaN if there is none.
        high: upper limit of it; NaN if there is none.
    """

    value: float
    low: float = nan
    high: float = nan

    @property
    def defined(self) -> bool:
        """Whether there is a figure."""
        return not isnan(self.value)
