"""Hashes in the order of one table: their bits permuted, mirrored to a canonical orientation, and sorted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WORD = 64


@dataclass(frozen=True)
class Permuted:
    """Hashes in the order of a table.

    Of an image and its mirror image, the orientation is taken in which the table's first bit that mirroring changes is
    0: so a mirrored copy stands beside its original.

    Attributes:
        row: int64 (n,): which row of the hashes.
        flipped: bool (n,): the hash of the mirror image is taken.
        low: uint64 (n,): the first word of that hash.
        high: uint64 (n,): its second word.
    """

    row: NDArray[np.int64]
    flipped: NDArray[np.bool_]
    low: NDArray[np.uint64]
    high: NDArray[np.uint64]


def permuted_hashes(hashes: NDArray[np.uint64], mask: NDArray[np.uint64], table: int) -> Permuted:
    """Return the hashes in the order of a table.

    Args:
        hashes: uint64 (n, 2); the first word decides the order.
        mask: uint64 (2,): the bits that mirroring changes.
        table: its number, which seeds the permutation.
    """
    lookup = _lookup(np.random.default_rng(table).permutation(WORD))
    keys, key_mask = _permute(hashes[:, 0], lookup), _permute(mask[:1], lookup)[0]
    first_changed = np.uint64(int(key_mask).bit_length() - 1)
    flipped = (keys >> first_changed) & np.uint64(1) == 1
    keys ^= np.where(flipped, key_mask, np.uint64(0))
    row = np.argsort(keys, kind="stable")
    flipped = flipped[row]
    low, high = (hashes[row, k] ^ np.where(flipped, mask[k], np.uint64(0)) for k in (0, 1))
    return Permuted(row, flipped, low, high)


def _lookup(order: NDArray[np.intp]) -> NDArray[np.uint64]:
    """Return where the bits of each value of each byte of a word go, uint64 (8, 256)."""
    value = np.arange(256, dtype=np.uint64)
    table = np.zeros((8, 256), np.uint64)
    for bit in range(WORD):
        table[bit // 8] |= ((value >> np.uint64(bit % 8)) & np.uint64(1)) << np.uint64(order[bit])
    return table


def _permute(words: NDArray[np.uint64], lookup: NDArray[np.uint64]) -> NDArray[np.uint64]:
    permuted = np.zeros_like(words)
    for byte in range(8):
        permuted |= lookup[byte][(words >> np.uint64(8 * byte)) & np.uint64(255)]
    return permuted
