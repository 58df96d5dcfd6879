"""Max pooling by shifted maxima is Keras's own."""

import numpy as np
import pytest


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("size", [7, 8])
def test_values_and_gradients_are_those_of_keras(keras, size, stride):
    import tensorflow as tf

    from pipeline.jax_training.shifted_pooling import ShiftedMaxPooling2D

    draws = np.random.default_rng(0)
    images = tf.Variable(draws.normal(size=(2, size, size, 3)).astype("float32"))
    found = []
    for kind in (keras.layers.MaxPooling2D, ShiftedMaxPooling2D):
        with tf.GradientTape() as tape:
            pooled = kind(3, stride, padding="same")(images)
            total = tf.reduce_sum(pooled * np.random.default_rng(1).normal(size=pooled.shape))
        found.append((pooled.numpy(), tape.gradient(total, images).numpy()))
    np.testing.assert_array_equal(found[0][0], found[1][0])
    np.testing.assert_allclose(found[0][1], found[1][1], atol=1e-5)
