"""Random changes to training images: bounded, and a function of their draws alone."""

import numpy as np
import pytest

from pipeline.config.schema import AugmentConfig
from pipeline.training.augment import augmentation, shifted


def images(count=32, height=8, width=16, channels=3):
    numbers = np.arange(count * height * width * channels) * 31 % 251
    return numbers.astype(np.uint8).reshape(count, height, width, channels)


def draws(seed=0):
    return np.random.default_rng(seed)


def test_nothing_to_change_is_no_function():
    assert augmentation(AugmentConfig(shift=0.0, flip=False)) is None


def test_equal_draws_give_equal_images_and_others_others():
    augment = augmentation(AugmentConfig(shift=0.25, flip=True))
    given = images()
    before = given.copy()
    first = augment(given, draws(1))
    np.testing.assert_array_equal(first, augment(given, draws(1)))
    assert (first != augment(given, draws(2))).any()
    np.testing.assert_array_equal(given, before)
    assert (first.shape, first.dtype) == (given.shape, np.uint8)


def test_a_flip_mirrors_some_images_left_to_right_and_leaves_the_others():
    given = images(200)
    found = augmentation(AugmentConfig(shift=0.0, flip=True))(given, draws())
    mirrored = [np.array_equal(new, old[:, ::-1]) for new, old in zip(found, given, strict=True)]
    kept = [np.array_equal(new, old) for new, old in zip(found, given, strict=True)]
    assert all(one != other for one, other in zip(mirrored, kept, strict=True))
    assert 70 < sum(mirrored) < 130


def test_a_shift_moves_by_every_distance_within_its_bounds_and_no_further():
    given = np.zeros((500, 8, 16, 1), np.uint8)
    given[:, 4, 8] = 255
    found = shifted(given, 0.25, draws())
    places = {(int(row), int(column)) for _, row, column, _ in np.argwhere(found)}
    assert (found == 255).sum() == 500
    assert {row - 4 for row, _ in places} == set(range(-2, 3))
    assert {column - 8 for _, column in places} == set(range(-4, 5))


def test_a_shift_repeats_the_border_outwards():
    given = np.broadcast_to(np.arange(1, 9, dtype=np.uint8)[None, :, None, None], (100, 8, 8, 1))
    found = shifted(given, 0.25, draws())
    tops = {tuple(image[:, 0, 0]) for image in found}
    assert (1, 1, 1, 2, 3, 4, 5, 6) in tops
    assert (3, 4, 5, 6, 7, 8, 8, 8) in tops
    assert len(tops) == 5


@pytest.mark.parametrize("shift", [0.0, 0.05])
def test_a_shift_of_less_than_half_a_pixel_moves_nothing(shift):
    given = images()
    np.testing.assert_array_equal(shifted(given, shift / 2, draws()), given)
