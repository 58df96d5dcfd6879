"""Pairs of images that show the same picture: resized, re-encoded, retouched, slightly cropped, or mirrored."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.data.audit.similarity.hash_index import near_hash_pairs
from pipeline.data.audit.similarity.perceptual_hash import gray_levels, perceptual_hashes
from pipeline.data.audit.similarity.structural_similarity import required_similarity, similarity, structure
from pipeline.runtime.engine.cores import usable_cores

MOST_BITS = 30  # of 128, in which the hashes of near duplicates may differ
LEAST_CONTRAST = 4.0  # standard deviation of the gray levels 0 to 255; below it there is nothing to compare
BLOCK = 1024  # pairs or images at a time
MOST_THREADS = 4  # each needs 60 MB


@dataclass(frozen=True)
class NearPairs:
    """Near duplicates, each pair once, sorted.

    Attributes:
        first: int64 (pairs,): row of an image.
        second: int64 (pairs,): row of the other, greater than `first`.
        mirrored: bool (pairs,): the second is like the mirror image of the first.
        similarity: float32 (pairs,): correlation of their structure, 0 to 1.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    mirrored: NDArray[np.bool_]
    similarity: NDArray[np.float32]


def near_duplicates(thumbnails: NDArray[np.uint8], groups: NDArray[np.integer] | None = None) -> NearPairs:
    """Return the pairs of near duplicates.

    Images with hardly any contrast are in no pair. Memory: about 150 bytes per image and 24 per pair.

    Args:
        thumbnails: uint8 (n, SIDE, SIDE, 3), for example a memory map.
        groups: (n,): equal numbers for equal images, of which the first alone is compared; None if all differ.
    """
    rows = _rows_by_content(thumbnails, groups)
    hashes = np.empty((len(rows), 2), np.uint64)
    for start in range(0, len(rows), BLOCK):
        hashes[start : start + BLOCK] = perceptual_hashes(thumbnails[rows[start : start + BLOCK]])
    first, second, mirrored = near_hash_pairs(hashes, MOST_BITS)
    first, second = rows[first], rows[second]
    first, second = np.minimum(first, second), np.maximum(first, second)
    score = np.empty(len(first), np.float32)

    def verify(start: int) -> None:
        block = slice(start, start + BLOCK)
        score[block] = _verified_similarity(thumbnails, first[block], second[block], mirrored[block])

    with ThreadPoolExecutor(min(usable_cores(), MOST_THREADS)) as threads:
        list(threads.map(verify, range(0, len(first), BLOCK)))
    return _best_orientation(NearPairs(first, second, mirrored, score))


def _rows_by_content(thumbnails: NDArray[np.uint8], groups: NDArray[np.integer] | None) -> NDArray[np.int64]:
    """Return the rows to compare in an order that depends on the images alone, not on the order in which they came."""
    rows = np.arange(len(thumbnails)) if groups is None else np.sort(np.unique(groups, return_index=True)[1])
    contrast, content = np.empty(len(rows), np.float32), np.empty(len(rows), np.uint64)
    for start in range(0, len(rows), BLOCK):
        block = thumbnails[rows[start : start + BLOCK]]
        contrast[start : start + BLOCK] = gray_levels(block).std(axis=(1, 2)) / 1000
        content[start : start + BLOCK] = _checksum(block)
    order = np.argsort(content, kind="stable")
    return rows[order[contrast[order] >= LEAST_CONTRAST]]


def _checksum(block: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return a number that differs between images that differ, uint64 (n,)."""
    words = np.ascontiguousarray(block).reshape(len(block), -1).view("<u8")
    weights = np.random.default_rng(0).integers(0, 2**63, words.shape[1], np.uint64) | np.uint64(1)
    checksum: NDArray[np.uint64] = (words * weights).sum(axis=1, dtype=np.uint64)
    return checksum


def _verified_similarity(
    thumbnails: NDArray[np.uint8],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    mirrored: NDArray[np.bool_],
) -> NDArray[np.float32]:
    """Return the similarity of pairs, and -1 for those that are no near duplicates."""
    others = thumbnails[second]
    others[mirrored] = others[mirrored][:, :, ::-1]
    one, other = structure(thumbnails[first]), structure(others)
    score = similarity(one, other)
    score[score < required_similarity(one, other)] = -1
    return score


def _best_orientation(pairs: NearPairs) -> NearPairs:
    """Drop what is no near duplicate, and of a pair in both orientations the less similar one."""
    kept = np.flatnonzero(pairs.similarity >= 0)
    order = kept[np.lexsort((pairs.mirrored[kept], -pairs.similarity[kept], pairs.second[kept], pairs.first[kept]))]
    first, second = pairs.first[order], pairs.second[order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    order = order[new]
    return NearPairs(pairs.first[order], pairs.second[order], pairs.mirrored[order], pairs.similarity[order])
