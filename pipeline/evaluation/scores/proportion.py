"""The interval of a proportion."""

from math import nan, sqrt

from pipeline.evaluation.scores.interval_estimate import Estimate

NORMAL_97_5 = 1.959963984540054  # quantile of the normal distribution at 0.975: 95% lie between its negative and it


def wilson(successes: float, trials: int) -> Estimate:
    """Return a proportion with Wilson's 95% interval.

    Args:
        successes: trials that succeeded, 0…`trials`.
        trials: how many there were; of 0, nothing is known and the estimate is undefined.

    Raises:
        ValueError: `successes` is not in 0…`trials`.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"successes must be from 0 to {trials}, but are {successes}")
    return wilson_interval(successes / trials, trials) if trials else Estimate(nan)


def wilson_interval(share: float, trials: float, quantile: float = NORMAL_97_5) -> Estimate:
    """Return a share with Wilson's interval.

    It is (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), p the share of n trials and z the quantile (E. B. Wilson,
    "Probable inference, the law of succession, and statistical inference", JASA 22, 1927). It stays within 0…1, and
    is not a point where all trials succeeded. For a mean of shares, n is the effective number of trials, which has the
    mean's variance (E. L. Korn and B. I. Graubard, "Confidence intervals for proportions with small expected number of
    positive counts estimated from survey data", Survey Methodology 24, 1998).

    Args:
        share: from 0 to 1.
        trials: of which it is the share, more than 0; no whole number where it is an effective number.
        quantile: z; 1.96 for 95%.
    """
    squared = quantile**2 / trials
    center = (share + squared / 2) / (1 + squared)
    reach = sqrt(squared * share * (1 - share) + squared**2 / 4) / (1 + squared)
    return Estimate(share, max(0.0, min(center - reach, share)), min(1.0, max(center + reach, share)))
