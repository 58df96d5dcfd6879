"""Pairs of near hashes, without comparing all."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.data.audit.similarity.hash_index import WINDOW, most_partners, near_hash_pairs
from pipeline.data.audit.similarity.perceptual_hash import mirror_mask

MOST_BITS = 30


def random_hashes(count, seed=0):
    return np.random.default_rng(seed).integers(0, 2**64, (count, 2), np.uint64, endpoint=False)


def with_flipped_bits(hashes, bits, seed=1):
    generator = np.random.default_rng(seed)
    flips = np.zeros((len(hashes), 128), np.uint8)
    for row in flips:
        row[generator.permutation(128)[:bits]] = 1
    return hashes ^ np.packbits(flips, axis=1, bitorder="little").view("<u8")


def brute_force(hashes):
    found = set()
    for mirrored, others in ((False, hashes), (True, hashes ^ mirror_mask())):
        distances = np.bitwise_count(hashes[:, None] ^ others[None]).sum(axis=2)
        found |= {(i, j, mirrored) for i, j in np.argwhere(distances <= MOST_BITS).tolist() if i < j}
    return found


def found_pairs(hashes):
    return set(zip(*(part.tolist() for part in near_hash_pairs(hashes, MOST_BITS)), strict=True))


@given(st.integers(0, 2**32), st.integers(0, 20), st.integers(0, 35))
@settings(max_examples=25, deadline=None)
def test_in_a_small_set_it_finds_what_brute_force_finds(seed, count, bits):
    hashes = random_hashes(count, seed)
    copies = with_flipped_bits(hashes, bits, seed)
    hashes = np.concatenate([hashes, copies, copies ^ mirror_mask()])[: WINDOW + 1]
    assert found_pairs(hashes) == brute_force(hashes)


@pytest.mark.parametrize(("bits", "least"), [(0, 1.0), (10, 1.0), (16, 0.99), (22, 0.9)])
@pytest.mark.parametrize("mirrored", [False, True])
def test_among_thousands_it_finds_nearly_all(bits, least, mirrored):
    hashes = random_hashes(3000)
    copies = with_flipped_bits(hashes[:500], bits) ^ (mirror_mask() if mirrored else np.uint64(0))
    found = found_pairs(np.concatenate([hashes, copies]))
    planted = {(row, 3000 + row, mirrored) for row in range(500)}
    assert len(found & planted) >= least * 500
    assert len(found - planted) == 0


def test_equal_hashes_without_number_end_quickly_and_stay_few():
    hashes = np.repeat(random_hashes(1), 20_000, axis=0)
    start = time.monotonic()
    first, second, mirrored = near_hash_pairs(hashes, MOST_BITS)
    assert time.monotonic() - start < 60
    assert 20_000 <= len(first) <= 20_000 * most_partners(20_000)
    assert not mirrored.any()
    assert len(np.unique(np.concatenate([first, second]))) == 20_000


def test_no_hashes_and_a_single_one_have_no_pairs():
    assert found_pairs(random_hashes(0)) == found_pairs(random_hashes(1)) == set()
