"""Batch normalization's statistics, taken from given images for given weights."""

import numpy as np
import pytest

IMAGES = np.random.default_rng(0).integers(0, 256, (24, 4, 4, 3), dtype=np.uint8)


@pytest.fixture(params=["keras", "fused"])
def model(request, keras):
    """Two normalizations, of the pixels and of a convolution, with random weights and statistics."""
    from pipeline.training.engine.fused_layers import FusedBatchNormalization

    kind = keras.layers.BatchNormalization if request.param == "keras" else FusedBatchNormalization
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Rescaling(1 / 255), kind(momentum=0.9), keras.layers.Conv2D(5, 3), kind(momentum=0.99)]
    model = keras.Sequential([keras.Input((4, 4, 3), dtype="uint8"), *layers])
    for variable in model.weights:
        variable.assign(np.random.default_rng(1).uniform(0.5, 1.5, variable.shape))
    return model


def take(model, batches):
    from pipeline.training.batch_norm_statistics import recompute_statistics, training_forward

    recompute_statistics(model, training_forward(model), batches)


def test_statistics_of_one_batch_are_its_means_and_variances(model):
    take(model, [IMAGES])
    pixels = IMAGES / 255
    np.testing.assert_allclose(np.array(model.layers[1].moving_mean), pixels.mean((0, 1, 2)), rtol=1e-4)
    np.testing.assert_allclose(np.array(model.layers[1].moving_variance), pixels.var((0, 1, 2)), rtol=1e-4)
    output = np.array(model(IMAGES, training=False))
    scale, shift = (np.array(value) for value in (model.layers[3].gamma, model.layers[3].beta))
    np.testing.assert_allclose(output.mean((0, 1, 2)), shift, rtol=1e-2)
    np.testing.assert_allclose(output.std((0, 1, 2)), scale, rtol=1e-2)


def test_statistics_of_several_batches_are_their_mean_whatever_the_momentum(model):
    take(model, np.split(IMAGES, 3))
    statistics = np.mean([batch.var((0, 1, 2)) / 255**2 for batch in np.split(IMAGES, 3)], axis=0)
    np.testing.assert_allclose(np.array(model.layers[1].moving_variance), statistics, rtol=1e-4)
    later = np.mean(
        [
            np.array(model.layers[2](model.layers[1](batch / 255, training=True))).mean((0, 1, 2))
            for batch in np.split(IMAGES, 3)
        ],
        axis=0,
    )
    np.testing.assert_allclose(np.array(model.layers[3].moving_mean), later, rtol=1e-3)


def test_what_is_not_statistics_and_what_is_frozen_stays(model):
    model.layers[1].trainable = False
    before = {variable.path: np.array(variable) for variable in model.weights}
    take(model, [IMAGES])
    changed = {
        variable.path for variable in model.weights if not np.array_equal(np.array(variable), before[variable.path])
    }
    assert changed == {model.layers[3].moving_mean.path, model.layers[3].moving_variance.path}


def test_a_network_without_normalization_looks_at_no_image(keras):
    from pipeline.training.batch_norm_statistics import recompute_statistics

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    before = model.get_weights()

    def looked(batch):
        raise AssertionError("the network was run")

    recompute_statistics(model, looked, [IMAGES])
    for one, two in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, two)
