"""What is validated: averages where there are some, normalised by statistics of their own."""

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
        model = keras.Sequential([keras.Input(dataset.description.shape, dtype="uint8"), *layers])
        model.compile(keras.optimizers.SGD(0.01, use_ema=ema, ema_momentum=0.5), "mse")
        return model

    return make


@pytest.fixture
def batches(dataset):
    from pipeline.data.loader import TrainingBatches

    return TrainingBatches(dataset, 8, seed=0)


def judge_of(trained, batches):
    from pipeline.training.judge import Judge

    for step in range(3):
        trained.train_on_batch(*batches.batch(0, step))
    judge = Judge(batches)
    judge.set_model(trained)
    return judge


@pytest.mark.parametrize("ema", [True, False])
def test_averages_or_else_weights_are_judged_with_statistics_of_training_images(model, batches, ema):
    from pipeline.training.average import averaged
    from pipeline.training.normalization import in_training, take_statistics

    trained = model(ema)
    judge = judge_of(trained, batches)
    other = model(ema)
    other.set_weights([np.array(value) for value in averaged(trained)])
    take_statistics(other, in_training(other), [batches.batch(0, step)[0] for step in range(batches.steps)])
    judge.on_test_begin()
    for judged, now, wanted in zip(judge.judged, trained.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(judged, now)
        np.testing.assert_allclose(judged, wanted, rtol=1e-4)


def test_training_goes_on_from_the_weights_and_draws_it_had(model, batches):
    trained = model()
    judge = judge_of(trained, batches)
    before = [np.array(variable) for variable in trained.variables]
    judge.on_test_begin()
    kept = [value.copy() for value in judge.judged]
    assert not all(np.array_equal(now, then) for now, then in zip(trained.variables, before, strict=True))
    judge.on_test_end()
    assert len(before) > len(trained.weights)
    for one, two in zip(trained.variables, before, strict=True):
        np.testing.assert_array_equal(np.array(one), two)
    for one, two in zip(judge.judged, kept, strict=True):
        np.testing.assert_array_equal(one, two)
