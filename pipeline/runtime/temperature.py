"""Probabilities made softer or sharper by a temperature."""

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from .pipeline_error import PipelineError

LEAST = float(np.finfo(np.float32).tiny)  # a probability of 0 has no logarithm


def checked_temperature(value: float) -> float:
    """Return the temperature.

    Raises:
        PipelineError: it is not a positive finite number.
    """
    if not (isfinite(value) and value > 0):
        raise PipelineError(f"a temperature must be a positive finite number, got {value:g}")
    return value


def softened(probabilities: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Return probabilities at a temperature: p^(1/T), divided by their sum.

    That is softmax of the network's last layer divided by T (C. Guo et al., "On calibration of modern neural networks",
    2017, arXiv:1706.04599). Above 1 a network gets less sure, below 1 surer; the order of the classes stays.

    Args:
        probabilities: (images, classes).
        temperature: T, positive and finite; 1 changes nothing.

    Raises:
        PipelineError: a temperature that is not positive and finite.
    """
    if checked_temperature(temperature) == 1:
        return probabilities
    logarithms = np.log(np.maximum(probabilities.astype(np.float64), LEAST))
    logarithms -= logarithms.max(axis=1, keepdims=True)
    powers = np.exp(logarithms / temperature)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
