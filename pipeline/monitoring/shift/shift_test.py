"""Whether the values of one measure differ between two sets of images, and by how much."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ShiftTest:
    """The outcome of a two-sample test.

    Attributes:
        effect: size of the difference, 0 (none) to 1.
        p_value: probability of a difference this large, if both sets came from the same source.
    """

    effect: float
    p_value: float

    def weaker(self, other: "ShiftTest") -> "ShiftTest":
        """Return the test of the two that shows less."""
        return min(self, other, key=lambda one: (-one.p_value, one.effect))


def value_gap(
    new: NDArray[np.floating] | NDArray[np.integer],
    reference: NDArray[np.floating] | NDArray[np.integer],
    *,
    lower_only: bool = False,
) -> ShiftTest:
    """Return the Kolmogorov-Smirnov test of two sets of values, with its asymptotic p-value.

    The effect is the test's statistic: the largest difference, over all thresholds, of the shares of images below a
    threshold. It needs no assumption on how values are distributed. With ties the p-value is too large, never too
    small.

    Args:
        new: (n,), at least one, none NaN.
        reference: (m,), at least one, none NaN.
        lower_only: count only that new values are lower.
    """
    from scipy.stats import ks_2samp

    found = ks_2samp(new, reference, alternative="greater" if lower_only else "two-sided", method="asymp")
    return ShiftTest(float(found.statistic), float(found.pvalue))
