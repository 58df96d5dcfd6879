"""A temperature that makes a network's probabilities fit the validation images."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, nan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.calibration.calibration_error import expected_calibration_error
from pipeline.evaluation.predictions_table import LEAST as LEAST_PROBABILITY
from pipeline.evaluation.scores.influences import positive_interval
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.scores.scored_images import ScoredImages, scored_images
from pipeline.runtime.temperature import LEAST, softened

LOWEST, HIGHEST = 0.05, 20.0  # temperatures beyond are no correction: the network knows nothing, or has made no error
BLOCK = 4_000_000  # probabilities that are in memory at a time

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TemperatureFit:
    """A temperature, and what it changes on the test images.

    Attributes:
        temperature: fitted to the validation images; undefined without any, and where all are so right that the loss
            falls with the temperature without end.
        images: validation images that it was fitted to.
        loss_before: mean cross-entropy of the test images, in nats.
        loss_after: the same at the temperature.
        error_before: expected calibration error of the test images.
        error_after: the same at the temperature.
    """

    temperature: Estimate
    images: int
    loss_before: float
    loss_after: float
    error_before: float
    error_after: float


def fit_temperature(validation: pd.DataFrame, test: pd.DataFrame, classes: Sequence[str]) -> TemperatureFit:
    """Return the temperature with the least cross-entropy on the validation images, and its effect on test images.

    C. Guo et al., "On calibration of modern neural networks", 2017, arXiv:1706.04599. The interval is that of an
    estimate by estimating equations (P. J. Huber, "The behavior of maximum likelihood estimates under nonstandard
    conditions", 1967). Nothing is changed: whoever wants these probabilities passes the temperature on.

    Args:
        validation: rows of the predictions table of validation images.
        test: rows of test images.
        classes: class names in index order.
    """
    fitted, tested = scored_images(validation, classes), scored_images(test, classes)
    temperature = _fitted(fitted)
    before = _loss_and_error(tested, 1.0)
    after = _loss_and_error(tested, temperature.value) if temperature.defined else before
    return TemperatureFit(temperature, len(fitted.truth), before[0], after[0], before[1], after[1])


def _fitted(images: ScoredImages) -> Estimate:
    """Return the zero of the loss's derivative by the inverse temperature, which grows with it."""
    if not len(images.truth) or images.probabilities.shape[1] < 2:
        return Estimate(nan)
    from scipy.optimize import brentq

    def slope(logarithm: float) -> float:
        return float(_slopes(images, exp(-logarithm))[0].mean())

    if slope(log(LOWEST)) <= 0 or slope(log(HIGHEST)) >= 0:
        return Estimate(nan)
    temperature = exp(brentq(slope, log(LOWEST), log(HIGHEST), xtol=1e-5))
    slopes, curvature = _slopes(images, 1 / temperature)
    influences = slopes * temperature**2 / (len(slopes) * max(curvature, 1e-300))
    return positive_interval(temperature, influences)


def _slopes(images: ScoredImages, inverse: float) -> tuple[Floats, float]:
    """Return the derivative of each image's loss by the inverse temperature, (images,), and the mean second one."""
    slopes, curvature = np.empty(len(images.truth)), 0.0
    step = max(1, BLOCK // images.probabilities.shape[1])
    for start in range(0, len(slopes), step):
        truth = images.truth[start : start + step]
        logarithms = np.log(np.maximum(images.probabilities[start : start + step], np.float32(LEAST)))
        powers = np.exp(np.float32(inverse) * (logarithms - logarithms.max(axis=1, keepdims=True)))
        powers /= powers.sum(axis=1, keepdims=True)
        expected = (powers * logarithms).sum(axis=1)
        slopes[start : start + step] = expected - logarithms[np.arange(len(truth)), truth]
        curvature += float((powers * (logarithms - expected[:, None]) ** 2).sum(dtype=np.float64))
    return slopes, curvature / len(slopes)


def _loss_and_error(images: ScoredImages, temperature: float) -> tuple[float, float]:
    count = len(images.truth)
    if not count:
        return nan, nan
    of_truth, confidence = np.empty(count), np.empty(count)
    step = max(1, BLOCK // images.probabilities.shape[1])
    for start in range(0, count, step):
        block = softened(images.probabilities[start : start + step], temperature)
        of_truth[start : start + step] = block[np.arange(len(block)), images.truth[start : start + step]]
        confidence[start : start + step] = block.max(axis=1)
    loss = float(-np.log(np.clip(of_truth, LEAST_PROBABILITY, inf)).mean())
    return loss, expected_calibration_error(confidence, images.right).value
