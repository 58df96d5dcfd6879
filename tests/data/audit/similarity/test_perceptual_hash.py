"""Hashes of thumbnails."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.data.audit.similarity.perceptual_hash import BITS, mirror_mask, perceptual_hashes
from pipeline.data.audit.similarity.thumbnail import SIDE, thumbnail


def distance(one, other):
    return np.bitwise_count(one ^ other).sum(axis=-1)


def random_thumbnails(seed, count):
    return np.random.default_rng(seed).integers(0, 256, (count, SIDE, SIDE, 3), np.uint8)


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 20))
def test_the_mirror_image_has_the_hash_under_the_mask(seed, count):
    thumbnails = random_thumbnails(seed, count)
    assert np.array_equal(perceptual_hashes(thumbnails[:, :, ::-1]), perceptual_hashes(thumbnails) ^ mirror_mask())


@settings(deadline=None)
@given(arrays(np.uint8, (3, SIDE, SIDE, 3)))
def test_a_hash_depends_on_its_own_image_only(thumbnails):
    together = perceptual_hashes(thumbnails)
    assert together.shape == (3, BITS // 64)
    assert together.dtype == np.uint64
    for row in range(3):
        assert np.array_equal(perceptual_hashes(thumbnails[row : row + 1])[0], together[row])


def test_brightness_and_contrast_change_no_bit():
    thumbnails = random_thumbnails(0, 50) // 4
    assert np.array_equal(perceptual_hashes(thumbnails), perceptual_hashes(thumbnails * 3 + 20))


def test_unrelated_images_differ_in_about_half_of_the_bits(photos):
    hashes = perceptual_hashes(np.stack([thumbnail(image) for image in photos(60)]))
    distances = distance(hashes[:30], hashes[30:])
    assert 0.45 * BITS < distances.mean() < 0.55 * BITS
    assert distances.min() > 40


def test_no_images_have_no_hashes():
    assert perceptual_hashes(random_thumbnails(0, 0)).shape == (0, 2)
