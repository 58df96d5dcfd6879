"""Perceptual hashes: the signs of the 128 lowest frequencies of a thumbnail, which survive re-encoding and resizing."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.data.audit.similarity.thumbnail import SIDE

BITS = 128
BLOCK = 4096  # thumbnails at a time
SYMMETRIC = 0.01  # share of the energy in odd horizontal frequencies up to which these are noise
SCALE = 1024  # of the cosines, rounded to integers: exact sums, the same in any order and block


def perceptual_hashes(thumbnails: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the hash of each thumbnail, uint64 (n, 2): bit k is set where frequency k is positive.

    The first word holds the 64 lowest frequencies. Brightness and contrast do not change a hash. In an image
    that equals its mirror image, the bits that mirroring changes would be noise: they are 0.

    Args:
        thumbnails: uint8 (n, SIDE, SIDE, 3).
    """
    hashes = np.empty((len(thumbnails), BITS // 64), np.uint64)
    for start in range(0, len(thumbnails), BLOCK):
        hashes[start : start + BLOCK] = _hashes(gray_levels(thumbnails[start : start + BLOCK]))
    return hashes


def mirror_mask() -> NDArray[np.uint64]:
    """Return the bits that differ between the hashes of an image and of its mirror image, uint64 (2,)."""
    _, horizontal = _frequencies()
    return np.packbits(horizontal % 2 == 1, bitorder="little").view("<u8").astype(np.uint64)


def gray_levels(thumbnails: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the brightness, from 0 to 255000 in whole numbers, float64 (n, SIDE, SIDE)."""
    gray: NDArray[np.float64] = thumbnails.astype(np.float64) @ np.array([299.0, 587.0, 114.0])
    return gray


def _hashes(gray: NDArray[np.float64]) -> NDArray[np.uint64]:
    cosines = _cosines()
    spectrum = cosines @ (gray @ cosines.T)
    vertical, horizontal = _frequencies()
    coefficients = spectrum[:, vertical, horizontal]
    odd = horizontal % 2 == 1
    energy = coefficients**2
    symmetric = energy[:, odd].sum(axis=1) <= SYMMETRIC * energy.sum(axis=1)
    bits = (coefficients > 0) & ~(symmetric[:, None] & odd)
    packed = np.ascontiguousarray(np.packbits(bits, axis=1, bitorder="little"))
    return packed.view("<u8").astype(np.uint64)


@cache
def _cosines() -> NDArray[np.float64]:
    """The rows of a discrete cosine transform, in integers: even ones are symmetric, odd ones change sign."""
    frequency, position = np.mgrid[:SIDE, :SIDE]
    half = np.rint(SCALE * np.cos(np.pi * frequency * (2 * position + 1) / (2 * SIDE)))[:, : SIDE // 2]
    sign = np.where(np.arange(SIDE) % 2 == 1, -1.0, 1.0)[:, None]
    return np.concatenate([half, sign * half[:, ::-1]], axis=1)


@cache
def _frequencies() -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Vertical and horizontal frequency of each bit, lowest first, without the mean brightness."""
    vertical, horizontal = (grid.ravel() for grid in np.mgrid[:SIDE, :SIDE])
    order = np.lexsort((horizontal, vertical, vertical**2 + horizontal**2))[1 : BITS + 1]
    return vertical[order], horizontal[order]
