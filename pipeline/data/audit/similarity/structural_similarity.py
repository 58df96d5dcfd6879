"""How much the structure of two thumbnails agrees, and how much agreement makes them the same picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.data.audit.similarity.thumbnail import SIDE

RADIUS = 2  # pixels on each side, over which contrast is measured
CELLS = SIDE - 1  # positions of gradients per axis
SAME = 0.74  # similarity of two photos that are one: chosen by looking at pairs of CIFAR-10
SAME_IF_PLAIN = 0.985  # and of two images with little in them, such as digits, many of which are alike
EMPTY = (0.35, 0.48)  # shares of empty background between which the one goes over into the other
PATTERNS = (25.0, 30.0)  # and effective numbers of spatial frequencies: photos have 30 to 100, soft blots 15
SAME_LEVELS = 0.992  # correlation of the pixels themselves that makes such images one as well
MONOTONOUS = 6.0  # below this number, a mere gradient or edge, which is like any other


@dataclass(frozen=True)
class Structure:
    """Gradients of thumbnails, with strong and weak edges brought near one another.

    Strong edges (a frame, a horizon) would otherwise make unrelated pictures alike.

    Attributes:
        gradients: float32 (n, 6, CELLS, CELLS), of norm 1.
        levels: float32 (n, 3, SIDE, SIDE): pixels without their mean, of norm 1.
        empty: float32 (n,): share of the area without detail.
        patterns: float32 (n,): effective number of spatial frequencies.
    """

    gradients: NDArray[np.float32]
    levels: NDArray[np.float32]
    empty: NDArray[np.float32]
    patterns: NDArray[np.float32]


def structure(thumbnails: NDArray[np.uint8]) -> Structure:
    """Return the structure of thumbnails, uint8 (n, SIDE, SIDE, 3)."""
    values = np.ascontiguousarray(thumbnails.transpose(0, 3, 1, 2), np.float32)
    down, right = np.diff(values, axis=2)[..., :CELLS], np.diff(values, axis=3)[:, :, :CELLS]
    gradients = np.concatenate([down, right], axis=1)
    energy = np.einsum("ncyx,ncyx->nyx", gradients, gradients)
    mean = energy.mean(axis=(1, 2), keepdims=True) + np.float32(1e-6)
    gradients /= np.sqrt(_local_mean(energy) + mean / 4)[:, None]
    levels = _normalized(values - values.mean(axis=(1, 2, 3), keepdims=True))
    gradients = _normalized(gradients)
    return Structure(gradients, levels, (energy < mean / 20).mean(axis=(1, 2), dtype=np.float32), _patterns(gradients))


def similarity(one: Structure, other: Structure) -> NDArray[np.float32]:
    """Return the correlation of gradients of pairs, float32 (n,), at least 0."""
    return _dot(one.gradients, other.gradients).clip(0, 1)


def required_similarity(one: Structure, other: Structure) -> NDArray[np.float32]:
    """Return the similarity from which on pairs are near duplicates, float32 (n,); infinite where none is."""
    empty, patterns = np.maximum(one.empty, other.empty), np.minimum(one.patterns, other.patterns)
    if_empty = np.interp(empty, EMPTY, (SAME, SAME_IF_PLAIN))
    if_monotonous = np.interp(patterns, PATTERNS, (SAME_IF_PLAIN, SAME))
    required = np.maximum(if_empty, if_monotonous)
    required[_dot(one.levels, other.levels) >= SAME_LEVELS] = SAME
    required[patterns < MONOTONOUS] = np.inf
    return required.astype(np.float32)


def _normalized(values: NDArray[np.float32]) -> NDArray[np.float32]:
    norm: NDArray[np.float32] = np.sqrt(_dot(values, values)) + np.float32(1e-6)
    return values / norm[:, None, None, None]


def _dot(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    product: NDArray[np.float32] = (one * other).sum(axis=(1, 2, 3))
    return product


def _local_mean(energy: NDArray[np.float32]) -> NDArray[np.float32]:
    """Average over squares of 2 * RADIUS + 1 pixels; the outermost pixels count as often as the square juts out."""
    position, offset = np.mgrid[:CELLS, -RADIUS : RADIUS + 1]
    average = np.zeros((CELLS, CELLS), np.float32)
    np.add.at(average, (position, np.clip(position + offset, 0, CELLS - 1)), np.float32(1 / (2 * RADIUS + 1)))
    return np.asarray(average @ energy @ average.T, np.float32)


def _patterns(gradients: NDArray[np.float32]) -> NDArray[np.float32]:
    spectrum = np.fft.rfft2(gradients)  # columns from the second on stand for two frequencies
    power = (spectrum.real**2 + spectrum.imag**2).sum(axis=1)
    power[..., 1:] *= np.sqrt(np.float32(2))
    total = power[..., 0].sum(axis=1) + np.sqrt(np.float32(2)) * power[..., 1:].sum(axis=(1, 2))
    return np.asarray(total**2 / ((power**2).sum(axis=(1, 2)) + 1e-12), np.float32)
