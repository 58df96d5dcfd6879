"""Intervals of figures that are no proportions, from what each image contributes.

An image's influence is the derivative of a figure by the image's weight. The sum of the squared influences estimates
the figure's variance (the infinitesimal jackknife: L. A. Jaeckel, Bell Laboratories memorandum MM 72-1215-11, 1972; B.
Efron, "Nonparametric estimates of standard error", Biometrika 68, 1981). Where a few images contribute most of it, the
estimate is itself uncertain: Student's t with the degrees of freedom that match its variance takes the normal
distribution's place (F. E. Satterthwaite, "An approximate distribution of estimates of variance components", Biometrics
Bulletin 2, 1946).
"""

from math import exp, inf, log, nan, sqrt

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.scores.proportion import NORMAL_97_5, wilson_interval

FEWEST_DEGREES = 2.0  # of freedom: with fewer, one image decides everything and Student's t has no variance


def share_interval(value: float, influences: NDArray[np.float64], certain: float, *, most: float = inf) -> Estimate:
    """Return a figure between 0 and 1 with Wilson's interval for the number of trials that has its variance.

    Args:
        value: the figure; NaN if it is undefined.
        influences: of each image, (images,).
        certain: the number of trials if no image has an influence, as where all are ranked perfectly; more than 0.
        most: the largest number of trials that the influences may come to.
    """
    if np.isnan(value):
        return Estimate(nan)
    share, variance = min(max(value, 0.0), 1.0), float((influences**2).sum())
    if variance <= np.finfo(np.float64).eps ** 2 or share in (0.0, 1.0):
        return wilson_interval(share, certain)
    return wilson_interval(share, min(share * (1 - share) / variance, most), student_quantile(influences))


def positive_interval(value: float, influences: NDArray[np.float64]) -> Estimate:
    """Return a positive figure with an interval that is symmetric on a logarithmic scale.

    Args:
        value: the figure; NaN if it is undefined.
        influences: of each image, (images,); of fewer than two, or for a figure of 0, there is no interval.
    """
    if np.isnan(value) or value <= 0 or len(influences) < 2:
        return Estimate(value)
    reach = student_quantile(influences) * sqrt(float((influences**2).sum())) / value
    return Estimate(value, exp(log(value) - reach), exp(log(value) + min(reach, 700.0)))


def student_quantile(influences: NDArray[np.float64]) -> float:
    """Return the quantile at 0.975 of Student's t, with as many degrees of freedom as the variance is certain."""
    from scipy.special import stdtrit

    squares = influences**2
    total = float(squares.sum())
    excess = float((squares**2).sum()) / total**2 - 1 / len(squares) if total > 0 else 0.0
    if excess <= 0:
        return NORMAL_97_5
    return float(stdtrit(max(2 / excess, FEWEST_DEGREES), 0.975))
