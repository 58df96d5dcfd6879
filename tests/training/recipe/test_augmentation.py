"""Random changes to training images: bounded, and a function of their draws alone."""

import numpy as np
import pytest

from pipeline.config.schema.recipe_schema import AugmentConfig
from pipeline.training.recipe.augmentation import build_augmentation, random_shift


def images(count=32, height=8, width=16, channels=3):
    numbers = np.arange(count * height * width * channels) * 31 % 251
    return numbers.astype(np.uint8).reshape(count, height, width, channels)


def draws(seed=0):
    return np.random.default_rng(seed)


NOTHING = {"shift": 0.0, "flip": False, "color": 0.0, "rand_augment": 0.0, "erase": 0.0, "mixup": 0.0, "cutmix": 0.0}
EACH = [("shift", 0.25), ("flip", True), ("color", 0.4), ("erase", 0.7), ("mixup", 0.5), ("cutmix", 0.5)]


def changing(channels=3, **changed):
    return build_augmentation(AugmentConfig.model_validate(NOTHING | changed), channels)


def targets(count=32, classes=4):
    return np.eye(classes, dtype=np.float32)[np.arange(count) % classes]


def test_nothing_to_change_is_no_function():
    assert changing() is None


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("key", "value"), [*EACH, ("rand_augment", 0.5)])
def test_equal_draws_give_equal_batches_and_others_others(keras, key, value, channels):
    if key == "rand_augment" and channels == 1:
        pytest.skip("refused by the configuration: it needs colors")
    augment, given, wanted = changing(channels, **{key: value}), images(channels=channels), targets()
    before = given.copy()
    first, first_targets = augment(given, wanted, draws(1))
    again, again_targets = augment(given, wanted, draws(1))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first_targets, again_targets)
    assert (first != augment(given, wanted, draws(2))[0]).any()
    np.testing.assert_array_equal(given, before)
    assert (first.shape, first.dtype, first_targets.dtype) == (given.shape, np.uint8, np.float32)
    np.testing.assert_allclose(first_targets.sum(axis=1), 1.0, rtol=1e-5)
    if key not in ("mixup", "cutmix"):
        np.testing.assert_array_equal(first_targets, wanted)


def test_batches_made_by_two_threads_are_those_made_by_one(keras):
    import tensorflow as tf

    augment, given, wanted = changing(erase=0.5, color=0.3, mixup=0.2, cutmix=0.5), images(), targets()

    def batch(number):
        return augment(given, wanted, draws(int(number)))

    def load(number):
        return tf.numpy_function(batch, [number], [tf.uint8, tf.float32])

    for number, found in enumerate(tf.data.Dataset.range(12).map(load, num_parallel_calls=2, deterministic=True)):
        for one, other in zip(found, batch(number), strict=True):
            np.testing.assert_array_equal(one.numpy(), other)


def test_a_flip_mirrors_some_images_left_to_right_and_leaves_the_others():
    given = images(200)
    found, _ = changing(flip=True)(given, targets(200), draws())
    mirrored = [np.array_equal(new, old[:, ::-1]) for new, old in zip(found, given, strict=True)]
    kept = [np.array_equal(new, old) for new, old in zip(found, given, strict=True)]
    assert all(one != other for one, other in zip(mirrored, kept, strict=True))
    assert 70 < sum(mirrored) < 130


def test_erasing_grays_a_rectangle_of_about_the_asked_fraction_of_images(keras):
    given = np.zeros((400, 16, 16, 1), np.uint8)
    found, _ = changing(1, erase=0.5)(given, targets(400), draws())
    erased = [image[..., 0] for image in found if image.any()]
    assert 150 < len(erased) < 250
    for image in erased:
        rows, columns = np.nonzero(image.any(axis=1))[0], np.nonzero(image.any(axis=0))[0]
        box = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        assert (box == 128).all()
        assert box.size <= 0.4 * image.size


@pytest.mark.parametrize("key", ["mixup", "cutmix"])
def test_mixed_images_have_targets_mixed_in_the_same_measure(keras, key):
    given = np.zeros((64, 32, 32, 1), np.uint8)
    given[::2] = 200
    wanted = np.eye(2, dtype=np.float32)[(given[:, 0, 0, 0] > 0).astype(int)]
    found, mixed = changing(1, **{key: 1.0})(given, wanted, draws())
    brightness = found.reshape(64, -1).mean(axis=1) / 200
    np.testing.assert_allclose(brightness, mixed[:, 1], atol=0.07)
    assert ((mixed[:, 1] > 0.05) & (mixed[:, 1] < 0.95)).sum() > 10


def test_a_shift_moves_by_every_distance_within_its_bounds_and_no_further():
    given = np.zeros((500, 8, 16, 1), np.uint8)
    given[:, 4, 8] = 255
    found = random_shift(given, 0.25, draws())
    places = {(int(row), int(column)) for _, row, column, _ in np.argwhere(found)}
    assert (found == 255).sum() == 500
    assert {row - 4 for row, _ in places} == set(range(-2, 3))
    assert {column - 8 for _, column in places} == set(range(-4, 5))


def test_a_shift_repeats_the_border_outwards():
    given = np.broadcast_to(np.arange(1, 9, dtype=np.uint8)[None, :, None, None], (100, 8, 8, 1))
    found = random_shift(given, 0.25, draws())
    tops = {tuple(image[:, 0, 0]) for image in found}
    assert (1, 1, 1, 2, 3, 4, 5, 6) in tops
    assert (3, 4, 5, 6, 7, 8, 8, 8) in tops
    assert len(tops) == 5


@pytest.mark.parametrize("shift", [0.0, 0.05])
def test_a_shift_of_less_than_half_a_pixel_moves_nothing(shift):
    given = images()
    np.testing.assert_array_equal(random_shift(given, shift / 2, draws()), given)
