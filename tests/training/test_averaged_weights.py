"""The averages of the weights: one for each that is trained."""

import numpy as np
import pytest


@pytest.fixture
def model(keras):
    def make(ema=True):
        keras.utils.set_random_seed(0)
        layers = [keras.layers.Dense(4), keras.layers.BatchNormalization(), keras.layers.Dense(2)]
        model = keras.Sequential([keras.Input((3,)), *layers])
        model.compile(keras.optimizers.SGD(0.5, use_ema=ema, ema_momentum=0.5), "mse")
        return model

    return make


BATCH = np.linspace(-1, 1, 24).reshape(8, 3), np.ones((8, 2))


def test_without_averaging_the_weights_stand_for_themselves(model):
    from pipeline.training.averaged_weights import averaged_weights

    plain = model(ema=False)
    plain.train_on_batch(*BATCH)
    assert all(one is two for one, two in zip(averaged_weights(plain), plain.weights, strict=True))


def test_each_average_follows_its_weight_by_the_momentum(model):
    from pipeline.training.averaged_weights import averaged_weights

    trained, kernel = model(), []
    for _ in range(3):
        trained.train_on_batch(*BATCH)
        kernel.append(np.array(trained.weights[0]))
    wanted = 0.5 * (0.5 * kernel[0] + 0.5 * kernel[1]) + 0.5 * kernel[2]
    np.testing.assert_allclose(np.array(averaged_weights(trained)[0]), wanted, rtol=1e-5)


def test_normalizations_moving_statistics_have_no_average(model):
    from pipeline.training.averaged_weights import averaged_weights

    trained = model()
    trained.train_on_batch(*BATCH)
    for one, two in zip(averaged_weights(trained), trained.weights, strict=True):
        assert (one is two) == (not two.trainable)
