"""Auxiliary classifiers: 0.3 of their losses in training, nothing of them in what is validated and saved."""

import numpy as np
import pytest


@pytest.fixture
def headed(keras):
    from pipeline.training.networks.auxiliary_loss import with_auxiliary_loss

    keras.utils.set_random_seed(0)
    inputs = keras.Input((4,))
    outputs = [keras.layers.Dense(3, "softmax", name=name)(inputs) for name in ("first", "second", "third")]
    model = with_auxiliary_loss(keras.Model(inputs, outputs))
    model.compile(
        keras.optimizers.SGD(0.0),
        keras.losses.CategoricalCrossentropy(),
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
    )
    return model


INPUTS, TARGETS = np.linspace(-1, 1, 24).reshape(6, 4), np.eye(3)[[0, 1, 2, 0, 1, 2]]


def losses(model):
    return [float(-(TARGETS * np.log(np.array(output))).sum(axis=1).mean()) for output in model(INPUTS)]


def test_the_training_loss_is_the_firsts_and_three_tenths_of_the_others(headed):
    first, second, third = losses(headed)
    found = headed.train_on_batch(INPUTS, TARGETS, return_dict=True)
    assert set(found) == {"loss", "accuracy"}
    assert found["loss"] == pytest.approx(first + 0.3 * (second + third), rel=1e-5)


def test_validation_loss_and_accuracy_are_the_firsts_alone(headed):
    found = headed.evaluate(INPUTS, TARGETS, verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(losses(headed)[0], rel=1e-5)
    first = np.array(headed(INPUTS)[0])
    assert found["accuracy"] == pytest.approx((first.argmax(axis=1) == TARGETS.argmax(axis=1)).mean())


def test_the_others_train_too(keras, headed):
    headed.optimizer.learning_rate = 0.5
    before = [np.array(layer.kernel) for layer in headed.layers[1:]]
    headed.train_on_batch(INPUTS, TARGETS)
    after = [np.array(layer.kernel) for layer in headed.layers[1:]]
    assert all((one != two).any() for one, two in zip(before, after, strict=True))


def test_a_network_with_one_output_is_left_alone(keras):
    from pipeline.training.networks.auxiliary_loss import with_auxiliary_loss

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    assert with_auxiliary_loss(model) is model
