"""Expected calibration error: how far confidence and accuracy are apart."""

from math import nan

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.scores.interval_estimate import Estimate

BINS = 15
SIMULATIONS = 1000  # of test sets of the same size
SCALES = np.linspace(0.0, 1.0, 101)  # of the bins' gaps
SEED = 0


def confidence_bins(confidence: NDArray[np.float64], bins: int) -> NDArray[np.int64]:
    """Return the bin of each confidence, 0…`bins` − 1, all equally wide; a limit belongs to the bin below it."""
    return np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)


def expected_calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_], bins: int = BINS) -> Estimate:
    """Return the mean gap between confidence and accuracy over bins of equal confidence, weighted by images.

    C. Guo et al., "On calibration of modern neural networks", 2017, arXiv:1706.04599. Chance alone makes gaps, so the
    figure is too high for a few images, and higher still in a bootstrap's resamples. The interval is found by
    simulating test sets of as many images instead, with normally distributed gaps. Its lower limit takes the measured
    gaps times the largest factor, 0…1, with which at most 2.5% of the simulated figures reach the measured one; it is 0
    where a calibrated network reaches it more often. Its upper limit is as far above the figure as 2.5% of the figures
    that are simulated with the measured gaps are below their mean; no bias is subtracted, as that covers too little.

    Args:
        confidence: of the predicted class, (images,); what rounding lifts above 1 counts as 1.
        right: whether it is the true one, (images,).
        bins: how many.
    """
    images = len(confidence)
    if not images:
        return Estimate(nan)
    confidence = np.clip(confidence, 0.0, 1.0)
    where, gap = confidence_bins(confidence, bins), confidence - right
    gaps = np.bincount(where, gap, bins) / images
    value = float(np.abs(gaps).sum())
    noise = np.random.default_rng(SEED).standard_normal((SIMULATIONS, bins))
    calibrated = np.maximum(np.bincount(where, confidence * (1 - confidence), bins), 0) / images**2
    measured = np.maximum(np.bincount(where, gap**2, bins) / images - gaps**2, 0) / images
    as_measured = _simulated(gaps, np.maximum(calibrated, measured), noise)
    reach = float(as_measured.mean() - np.quantile(as_measured, 0.025))
    lowest = 0.0
    for scale in SCALES:
        variance = (1 - scale) * calibrated + scale * np.maximum(calibrated, measured)
        if (_simulated(scale * gaps, variance, noise) >= value).mean() > 0.025:
            break
        lowest = float(scale)
    return Estimate(value, lowest * value, min(1.0, value + max(reach, 0.0)))


def _simulated(
    gaps: NDArray[np.float64], variance: NDArray[np.float64], noise: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.asarray(np.abs(gaps + noise * np.sqrt(variance)).sum(axis=1), np.float64)
