"""A figure that is known from a sample of images only."""

from dataclasses import asdict, dataclass
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

    def record(self) -> dict[str, float | None]:
        """Return value, low and high for JSON: None for what is undefined."""
        return {name: json_number(value) for name, value in asdict(self).items()}


def json_number(value: float) -> float | None:
    """Return a number for JSON, which knows no NaN: None for that."""
    return None if isnan(value) else value
