"""The recipe's settings as schedules, optimisers and weight decay."""

import numpy as np
import pytest

STEPS = 10


@pytest.fixture
def recipe(tiny):
    def make(**changed):
        return type(tiny.recipe).model_validate(tiny.recipe.model_dump() | {"epochs": 4} | changed)

    return make


@pytest.fixture
def rate(keras, recipe):
    from pipeline.training.recipe import learning_rate

    def at(step, **changed):
        schedule = learning_rate(recipe(learning_rate=0.5, **changed), STEPS)
        return float(schedule(step)) if callable(schedule) else schedule

    return at


def test_cosine_climbs_from_0_to_the_peak_in_the_warm_up_and_falls_to_0_at_the_end(rate):
    assert rate(0, warmup_epochs=1) == 0.0
    assert rate(5, warmup_epochs=1) == pytest.approx(0.25)
    assert rate(10, warmup_epochs=1) == pytest.approx(0.5)
    assert rate(25, warmup_epochs=1) == pytest.approx(0.25)
    assert rate(40, warmup_epochs=1) == pytest.approx(0.0, abs=1e-7)


def test_cosine_without_warm_up_starts_at_the_peak(rate):
    assert rate(0, warmup_epochs=0) == pytest.approx(0.5)
    assert rate(20, warmup_epochs=0) == pytest.approx(0.25)
    assert rate(40, warmup_epochs=0) == pytest.approx(0.0, abs=1e-7)


def test_constant_stays_at_the_rate_after_its_warm_up(rate):
    assert rate(0, schedule="constant", warmup_epochs=0) == 0.5
    assert rate(0, schedule="constant", warmup_epochs=1) == 0.0
    for step in (10, 25, 40):
        assert rate(step, schedule="constant", warmup_epochs=1) == pytest.approx(0.5)


def decayed(keras, recipe):
    """Return which variables shrink in one step with gradients of zero."""
    from pipeline.training.recipe import optimizer

    layers = [keras.layers.Conv2D(2, 1, bias_initializer="ones"), keras.layers.BatchNormalization()]
    model = keras.Sequential([keras.Input((2, 2, 1)), *layers])
    model.layers[1].beta.assign([1.0, 1.0])
    before = [np.array(variable) for variable in model.trainable_variables]
    zeros = [keras.ops.zeros_like(variable) for variable in model.trainable_variables]
    optimizer(recipe, STEPS).apply(zeros, model.trainable_variables)
    after = [np.array(variable) for variable in model.trainable_variables]
    names = [variable.name for variable in model.trainable_variables]
    assert names == ["kernel", "bias", "gamma", "beta"]
    return {name: (old, new) for name, old, new in zip(names, before, after, strict=True) if (old != new).any()}


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw"])
def test_weight_decay_shrinks_filters_by_rate_times_decay_and_spares_biases_and_normalisation(keras, recipe, name):
    changed = {"learning_rate": 0.5, "weight_decay": 0.1, "schedule": "constant", "warmup_epochs": 0}
    found = decayed(keras, recipe(optimizer=name, **changed))
    assert set(found) == {"kernel"}
    before, after = found["kernel"]
    np.testing.assert_allclose(after, before * (1 - 0.5 * 0.1), rtol=1e-5)


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw"])
def test_without_weight_decay_nothing_shrinks(keras, recipe, name):
    assert decayed(keras, recipe(optimizer=name, weight_decay=0.0, warmup_epochs=0)) == {}


@pytest.mark.parametrize(("name", "kind"), [("sgd", "SGD"), ("adam", "Adam"), ("adamw", "AdamW")])
def test_each_optimiser_is_the_one_that_is_named(keras, recipe, name, kind):
    from pipeline.training.recipe import optimizer

    built = optimizer(recipe(optimizer=name, momentum=0.7), STEPS)
    assert type(built).__name__ == kind
    if name == "sgd":
        assert built.momentum == 0.7


def test_a_compiled_model_has_smoothed_targets_and_accuracy(keras, recipe):
    from pipeline.training.recipe import compile_model

    model = keras.Sequential([keras.Input((4,)), keras.layers.Activation("softmax")])
    compile_model(model, recipe(label_smoothing=0.2), STEPS)
    scores = np.array([[3.0, 1.0, 0.0, 0.0], [3.0, 1.0, 0.0, 0.0]], np.float32)
    found = model.evaluate(scores, np.eye(4, dtype=np.float32)[[0, 1]], verbose=0, return_dict=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    smooth = np.eye(4)[[0, 1]] * 0.8 + 0.05
    assert found["accuracy"] == 0.5
    assert found["loss"] == pytest.approx(-(smooth * logs).sum(axis=1).mean(), rel=1e-5)
