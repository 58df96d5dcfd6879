"""Units: images that belong together and go to one split."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

BLOCK = 65_536  # names that are Python strings at a time
Texts = Sequence[str] | pd.Series


@dataclass(frozen=True)
class Units:
    """Units in the order of their names; those of groups come first.

    Attributes:
        of: int64 (n,): the unit of each image.
        names: of the units (u,).
        digests: int64 (n,): the rank of each image's digest among the different digests.
    """

    of: NDArray[np.int64]
    names: pd.Index
    digests: NDArray[np.int64]

    def draws(self, seed: int, purpose: str = "") -> NDArray[np.float64]:
        """Return the random number of each unit, float64 (u,), as `split_draw` does."""
        blocks = (self.names[start : start + BLOCK].to_numpy(object) for start in range(0, len(self.names), BLOCK))
        hashed = b"".join(_hash(name, seed, purpose) for names in blocks for name in names)
        return np.frombuffer(hashed, ">u8") / 2**64


def split_draw(name: str, seed: int, purpose: str = "") -> float:
    """Return the random number from 0 to 1 of the unit with this name (a digest, or `group ` and the group).

    Args:
        name: any text.
        seed: from 0 to 2⁶⁴ - 1.
        purpose: at most 16 characters; draws for two purposes are independent.
    """
    return int.from_bytes(_hash(name, seed, purpose), "big") / 2**64


def linked_units(
    digests: Texts, groups: Sequence[str | None] | pd.Series | None = None, pairs: NDArray[np.integer] | None = None
) -> Units:
    """Return the units: images with a common digest or group, or in a pair, directly or by way of others, are one.

    A unit is named for its smallest group, or for its smallest digest where it has no group.

    Args:
        digests: content digests (n,).
        groups: names of groups (n,), None for an image without one; None: no groups.
        pairs: indices of images that belong together (m, 2).
    """
    images, digest_names = pd.factorize(_texts(digests), sort=True)
    of_group, group_names = pd.factorize(_texts([None] * len(images) if groups is None else groups), sort=True)
    grouped, count = of_group >= 0, len(group_names)
    nodes = images + count  # groups are before digests, so that they give a unit its name
    linked = np.empty((0, 2), np.int64) if pairs is None else np.asarray(pairs, np.int64).reshape(-1, 2)
    one = np.concatenate([of_group[grouped], nodes[linked[:, 0]]])
    other = np.concatenate([nodes[grouped], nodes[linked[:, 1]]])
    first = smallest_connected(count + len(digest_names), one, other)[nodes]
    named, units = np.unique(first, return_inverse=True)
    names = ("group " + group_names[named[named < count]]).append(digest_names[named[named >= count] - count])
    return Units(units.astype(np.int64), names, images.astype(np.int64))


def equal_pairs(values: pd.Series) -> NDArray[np.int64]:
    """Return pairs of indices that link all images with equal values, int64 (m, 2).

    Args:
        values: one per image (n,), such as numbers of pictures.
    """
    codes = pd.factorize(values)[0]
    order = np.argsort(codes, kind="stable")
    same = codes[order[1:]] == codes[order[:-1]]
    return np.stack([order[:-1][same], order[1:][same]], axis=1)


def smallest_connected(nodes: int, one: NDArray[np.integer], other: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return, for each of the nodes 0 to `nodes` - 1, the smallest that it is connected with, int64 (nodes,).

    Args:
        nodes: how many.
        one: an end of each edge.
        other: the other end.
    """
    smallest = np.arange(nodes)
    while True:
        ends = smallest[one], smallest[other]
        apart = ends[0] != ends[1]
        if not apart.any():
            return smallest
        one, other = one[apart], other[apart]
        np.minimum.at(smallest, np.maximum(*ends)[apart], np.minimum(*ends)[apart])
        while (further := smallest[smallest] != smallest).any():
            smallest[further] = smallest[smallest[further]]


def _texts(values: Sequence[str | None] | pd.Series) -> pd.Series:
    return values if isinstance(values, pd.Series) else pd.Series(values, dtype="str")


def _hash(name: str, seed: int, purpose: str) -> bytes:
    return hashlib.blake2b(name.encode(), key=seed.to_bytes(8, "big"), digest_size=8, person=purpose.encode()).digest()
