"""The fast layers compute what Keras's own do, and go back to them."""

import numpy as np
import pytest


@pytest.fixture(scope="module")
def pair(keras):
    """The same small network of Keras's layers and of the fast ones, the same weights, and a batch."""
    from pipeline.training.engine.fused_layers import FusedBatchNormalization, MatmulConv2D

    model = _network(keras, keras.layers.Conv2D, keras.layers.BatchNormalization)
    quick = _network(keras, MatmulConv2D, FusedBatchNormalization)
    for weights in (model.get_layer("norm").gamma, model.get_layer("norm").moving_variance):
        weights.assign(np.linspace(0.5, 1.5, 8))
    quick.set_weights(model.get_weights())
    return model, quick, np.random.default_rng(0).normal(1.0, 2.0, (16, 10, 10, 2)).astype(np.float32)


def _network(keras, convolution, normalization):
    keras.utils.set_random_seed(4)
    inputs = outputs = keras.Input((10, 10, 2), name="images")
    convolutions = [convolution(6, 3, activation="relu"), convolution(8, 1, use_bias=False), convolution(8, 1, 2)]
    layers = [*convolutions, normalization(momentum=0.8, name="norm")]
    head = [keras.layers.ReLU(), keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(3, "softmax")]
    for layer in [*layers, *head]:
        outputs = layer(outputs)
    return keras.Model(inputs, outputs)


def test_a_network_built_fast_has_the_names_and_weights_of_the_other(keras, tiny):
    import tensorflow as tf

    from pipeline.training.networks.build_network import build_network

    if tf.config.list_physical_devices("GPU"):
        pytest.skip("a GPU trains with Keras's own layers")
    models = []
    for fast in (False, True):
        keras.utils.set_random_seed(0)
        models.append(build_network(tiny.model, (32, 32, 1), 3, 5, fast=fast))
    model, quick = models
    assert [layer.name for layer in quick.layers] == [layer.name for layer in model.layers]
    kinds = zip(*([type(layer) for layer in network.layers] for network in models), strict=True)
    assert {two.__name__ for one, two in kinds if one is not two} == {"MatmulConv2D", "FusedBatchNormalization"}
    for one, two in zip(model.get_weights(), quick.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("training", [False, True])
def test_the_outputs_agree(pair, training):
    model, quick, images = pair
    np.testing.assert_allclose(quick(images, training=training), model(images, training=training), rtol=1e-4, atol=1e-5)


def test_training_moves_weights_and_averages_alike(keras, pair):
    model, quick, images = pair
    targets = np.eye(3, dtype=np.float32)[np.arange(16) % 3]
    for network in (model, quick):
        network.compile(keras.optimizers.SGD(0.1), "categorical_crossentropy")
        for _ in range(3):
            network.train_on_batch(images, targets)
    for one, two in zip(model.get_weights(), quick.get_weights(), strict=True):
        np.testing.assert_allclose(two, one, rtol=1e-3, atol=1e-4)


def test_a_frozen_normalization_uses_its_averages_and_keeps_them(keras, pair):
    from pipeline.training.engine.fused_layers import FusedBatchNormalization

    layer = FusedBatchNormalization(trainable=False)
    values = np.random.default_rng(1).normal(3.0, 1.0, (4, 5, 5, 2)).astype(np.float32)
    found = layer(values, training=True)
    np.testing.assert_allclose(found, values / np.sqrt(1.001), rtol=1e-5)
    np.testing.assert_array_equal(layer.moving_mean, [0.0, 0.0])


def test_plain_leads_back_to_keras(keras, pair):
    from pipeline.training.engine.fused_layers import keras_class

    _, quick, _ = pair
    assert keras_class(quick.get_layer("norm")) is keras.layers.BatchNormalization
    assert keras_class(quick.layers[1]) is keras.layers.Conv2D
