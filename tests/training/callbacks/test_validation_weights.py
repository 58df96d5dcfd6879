"""What is validated: averaged weights if there are any, with recomputed batch-norm statistics."""

import numpy as np
import pytest


@pytest.fixture
def model(keras, dataset):
    def make(ema=True):
        keras.utils.set_random_seed(0)
        layers = [
            keras.layers.Rescaling(1 / 255),
            keras.layers.Conv2D(4, 3),
            keras.layers.BatchNormalization(),
            keras.layers.Flatten(),
        ]
        layers += [keras.layers.Dropout(0.5), keras.layers.Dense(3)]
        model = keras.Sequential([keras.Input(dataset.info.shape, dtype="uint8"), *layers])
        model.compile(keras.optimizers.SGD(0.01, use_ema=ema, ema_momentum=0.5), "mse")
        return model

    return make


@pytest.fixture
def batches(dataset):
    from pipeline.data.loader import TrainingBatches

    return TrainingBatches(dataset, 8, seed=0)


def validation_of(trained, batches):
    from pipeline.training.callbacks.validation_weights import ValidationWeights

    for step in range(3):
        trained.train_on_batch(*batches.batch(0, step))
    validated = ValidationWeights(batches)
    validated.set_model(trained)
    return validated


@pytest.mark.parametrize("ema", [True, False])
def test_averages_or_else_weights_are_validated_with_statistics_of_training_images(model, batches, ema):
    from pipeline.training.averaged_weights import averaged_weights
    from pipeline.training.batch_norm_statistics import recompute_statistics, training_forward

    trained = model(ema)
    validated = validation_of(trained, batches)
    other = model(ema)
    other.set_weights([np.array(value) for value in averaged_weights(trained)])
    recompute_statistics(other, training_forward(other), [batches.batch(0, step)[0] for step in range(batches.steps)])
    validated.on_test_begin()
    for recorded, now, expected in zip(validated.weights, trained.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(recorded, now)
        np.testing.assert_allclose(recorded, expected, rtol=1e-4)


def test_training_continues_with_the_weights_and_random_states_it_had(model, batches):
    trained = model()
    validated = validation_of(trained, batches)
    before = [np.array(variable) for variable in trained.variables]
    validated.on_test_begin()
    kept = [value.copy() for value in validated.weights]
    assert not all(np.array_equal(now, then) for now, then in zip(trained.variables, before, strict=True))
    validated.on_test_end()
    assert len(before) > len(trained.weights)
    for one, two in zip(trained.variables, before, strict=True):
        np.testing.assert_array_equal(np.array(one), two)
    for one, two in zip(validated.weights, kept, strict=True):
        np.testing.assert_array_equal(one, two)
