"""Pairs of near hashes among millions, without comparing all pairs.

Each of `TABLES` tables sorts the hashes with their bits in another order, and compares each hash with the `WINDOW` that
follow it: near hashes share their first bits in some table, and so stand together there. Time and memory are bounded
whatever the images are. What this can miss: hashes that stand together in no table; and, where hundreds of images are
almost equal, pairs of two images that are both in `most_partners` pairs already.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipeline.data.audit.similarity.perceptual_hash import mirror_mask
from pipeline.data.audit.similarity.permuted_hash import Permuted, permuted_hashes
from pipeline.runtime.engine.cores import usable_cores

TABLES = 96
WINDOW = 64
BLOCK = 1 << 15  # hashes at a time: they stay in the processor's cache
TOGETHER = 4  # tables between two removals of repeated pairs; fixed: the result is the same with any number of cores
HITS_PER_TABLE = 8  # of one hash
MOST_PAIRS = 4_000_000  # of images that all look alike


def near_hash_pairs(
    hashes: NDArray[np.uint64], most_bits: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return pairs of rows, first < second, and whether the second is mirrored: int64, int64 and bool (pairs,).

    A pair that is near in both orientations is there twice. Sorted.

    Args:
        hashes: uint64 (n, 2), as `perceptual_hashes` returns them.
        most_bits: in how many bits near hashes may differ.
    """
    count = len(hashes)
    codes, crowded = np.empty(0, np.int64), np.zeros(count, np.bool_)
    if count < 2:
        return codes, codes, crowded[:0]
    tables = TABLES if count > WINDOW else TABLES // 4  # each compares all pairs of a few, in one orientation
    search = partial(_table_pairs, hashes, most_bits)
    with ThreadPoolExecutor(min(usable_cores(), TOGETHER)) as threads:
        for start in range(0, tables, TOGETHER):
            batch = range(start, min(start + TOGETHER, tables))
            found = [pairs for pairs in threads.map(partial(search, crowded), batch) if len(pairs)]
            if found:
                codes = _sorted_unique(np.concatenate([codes, *found]))
                crowded = _partners(codes, count) >= most_partners(count)
    pairs, mirrored = np.divmod(codes, 2)
    first, second = np.divmod(pairs, count)
    return first, second, mirrored == 1


def most_partners(count: int) -> int:
    """Return in how many pairs an image must be before its pairs with other such images are passed over."""
    return int(np.clip(MOST_PAIRS // count, 16, 256))


def _partners(codes: NDArray[np.int64], count: int) -> NDArray[np.intp]:
    first, second = np.divmod(codes // 2, count)
    return np.bincount(first, minlength=count) + np.bincount(second, minlength=count)


def _table_pairs(
    hashes: NDArray[np.uint64], most_bits: int, crowded: NDArray[np.bool_], table: int
) -> NDArray[np.int64]:
    """Return the near pairs of one table, coded as (first * n + second) * 2 + mirrored."""
    permuted = permuted_hashes(hashes, mirror_mask(), table)
    codes = [np.empty(0, np.int64)]
    for start in range(0, len(hashes), BLOCK):
        for left, right in _block_hits(permuted, start, most_bits):
            row, other = permuted.row[left], permuted.row[right]
            wanted = ~(crowded[row] & crowded[other])
            pair = np.minimum(row, other) * len(hashes) + np.maximum(row, other)
            codes.append((pair * 2 + (permuted.flipped[left] != permuted.flipped[right]))[wanted])
    return np.concatenate(codes)


def _sorted_unique(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what np.unique does; that hashes the codes first, which takes ten times as long."""
    codes.sort()
    new = np.ones(len(codes), np.bool_)
    np.not_equal(codes[1:], codes[:-1], out=new[1:])
    return codes[new]


def _block_hits(permuted: Permuted, start: int, most_bits: int) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Compare the hashes of a block, in a table's order, with those that follow each."""
    words = [word[start : start + BLOCK + WINDOW] for word in (permuted.low, permuted.high)]
    size = min(BLOCK, len(permuted.row) - start)
    hits, per_hash = [], np.zeros(size, np.int16)
    for step in range(1, min(WINDOW, len(words[0]) - 1) + 1):
        stop = min(size, len(words[0]) - step)
        bits = np.bitwise_count(words[0][:stop] ^ words[0][step : step + stop])
        bits += np.bitwise_count(words[1][:stop] ^ words[1][step : step + stop])
        near = np.flatnonzero(bits <= most_bits)
        if len(near):
            near = near[per_hash[near] < (HITS_PER_TABLE if len(permuted.row) > WINDOW else WINDOW)]
            per_hash[near] += 1
            hits.append((near + start, near + start + step))
    return hits
