"""The recipe's settings as optimizers, weight decay and losses."""

import numpy as np
import pytest

STEPS = 10


def decayed(keras, recipe):
    """Return which variables shrink in one step with gradients of zero."""
    from pipeline.training.recipe.optimizer import build_optimizer

    layers = [keras.layers.Conv2D(2, 1, bias_initializer="ones"), keras.layers.BatchNormalization()]
    model = keras.Sequential([keras.Input((2, 2, 1)), *layers])
    model.layers[1].beta.assign([1.0, 1.0])
    before = [np.array(variable) for variable in model.trainable_variables]
    zeros = [keras.ops.zeros_like(variable) for variable in model.trainable_variables]
    build_optimizer(recipe, STEPS).apply(zeros, model.trainable_variables)
    after = [np.array(variable) for variable in model.trainable_variables]
    names = [variable.name for variable in model.trainable_variables]
    assert names == ["kernel", "bias", "gamma", "beta"]
    return {name: (old, new) for name, old, new in zip(names, before, after, strict=True) if (old != new).any()}


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw", "muon"])
def test_weight_decay_shrinks_filters_by_rate_times_decay_and_spares_biases_and_normalization(keras, recipe, name):
    changed = {"learning_rate": 0.5, "weight_decay": 0.1, "schedule": "constant", "warmup_epochs": 0}
    found = decayed(keras, recipe(optimizer=name, **changed))
    assert set(found) == {"kernel"}
    before, after = found["kernel"]
    np.testing.assert_allclose(after, before * (1 - 0.5 * 0.1), rtol=1e-5)


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw", "muon"])
def test_without_weight_decay_nothing_shrinks(keras, recipe, name):
    assert decayed(keras, recipe(optimizer=name, weight_decay=0.0, warmup_epochs=0)) == {}


NAMES = ["SGD", "Adam", "AdamW", "Nadam", "Adamax", "Adagrad", "Adadelta", "Adafactor", "RMSprop", "Ftrl", "Lion"]


@pytest.mark.parametrize("kind", [*NAMES, "Lamb", "Muon"])
def test_each_optimizer_is_the_one_that_is_named_and_takes_a_step_downhill(keras, recipe, kind):
    from pipeline.training.recipe.optimizer import build_optimizer

    changed = {"schedule": "constant", "warmup_epochs": 0, "learning_rate": 0.01, "momentum": 0.7}
    built = build_optimizer(recipe(optimizer=kind.lower(), **changed), STEPS)
    assert isinstance(built, getattr(keras.optimizers, kind))
    if kind in ("SGD", "RMSprop", "Muon"):
        assert built.momentum == 0.7
    weights = keras.Variable(np.ones((3, 4), np.float32), name="kernel")
    built.build([weights])
    for _ in range(3):
        built.apply([keras.ops.ones_like(weights)], [weights])
    assert (np.array(weights) < 1.0).all()


@pytest.mark.parametrize("name", ["sgd", "muon"])
def test_nesterov_and_clipping_reach_the_optimizer(keras, recipe, name):
    from pipeline.training.recipe.optimizer import build_optimizer

    built = build_optimizer(recipe(optimizer=name, nesterov=True, clip_norm=1.5), STEPS)
    assert built.nesterov
    assert built.global_clipnorm == 1.5


def test_accumulated_batches_take_one_step_with_their_mean_gradient(keras, recipe):
    from pipeline.training.recipe.optimizer import build_optimizer

    changed = {"schedule": "constant", "warmup_epochs": 0, "learning_rate": 0.5, "momentum": 0.0, "weight_decay": 0.0}
    built = build_optimizer(recipe(optimizer="sgd", accumulate=2, **changed), STEPS)
    weight = keras.Variable(np.zeros(1, np.float32))
    built.build([weight])
    seen = []
    for gradient in (1.0, 3.0, 1.0, 1.0):
        built.apply([keras.ops.convert_to_tensor([gradient])], [weight])
        seen.append(float(weight[0]))
    assert seen == [0.0, -1.0, -1.0, -1.5]


def test_balanced_weights_make_every_class_weigh_the_same(keras):
    from pipeline.training.recipe.loss import balanced_class_weights

    counts = [10, 30, 60]
    weights = balanced_class_weights(counts)
    totals = [count * weight for count, weight in zip(counts, weights, strict=True)]
    assert totals == pytest.approx([100 / 3] * 3)


def test_class_weights_multiply_the_cross_entropy_of_their_class(keras, recipe):
    from pipeline.training.recipe.optimizer import compile_model

    scores, targets = np.array([[2.0, 0.0], [1.0, 0.0]], np.float32), np.eye(2, dtype=np.float32)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    for weights in (None, [0.5, 3.0]):
        model = keras.Sequential([keras.Input((2,)), keras.layers.Activation("softmax")])
        compile_model(model, recipe(label_smoothing=0.0), STEPS, weights)
        found = model.evaluate(scores, targets, verbose=0, return_dict=True)["loss"]
        first, second = weights or [1.0, 1.0]
        assert found == pytest.approx(-(first * logs[0, 0] + second * logs[1, 1]) / 2, rel=1e-5)


def test_smoothing_does_not_reward_the_prediction_of_a_rare_class(keras):
    from pipeline.training.recipe.optimizer import ClassWeightedCrossentropy

    target, likelier = np.array([[1.0, 0.0]]), np.linspace(0.01, 0.99, 99)
    loss = ClassWeightedCrossentropy([0.5, 50.0], 0.1)
    losses = [float(loss(target, np.array([[own, 1 - own]]))) for own in likelier]
    assert likelier[np.argmin(losses)] == pytest.approx(0.95)


def test_a_compiled_model_has_smoothed_targets_and_accuracy(keras, recipe):
    from pipeline.training.recipe.optimizer import compile_model

    model = keras.Sequential([keras.Input((4,)), keras.layers.Activation("softmax")])
    compile_model(model, recipe(label_smoothing=0.2), STEPS)
    scores = np.array([[3.0, 1.0, 0.0, 0.0], [3.0, 1.0, 0.0, 0.0]], np.float32)
    found = model.evaluate(scores, np.eye(4, dtype=np.float32)[[0, 1]], verbose=0, return_dict=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    smooth = np.eye(4)[[0, 1]] * 0.8 + 0.05
    assert found["accuracy"] == 0.5
    assert found["loss"] == pytest.approx(-(smooth * logs).sum(axis=1).mean(), rel=1e-5)


def test_targets_times_an_images_weight_multiply_its_cross_entropy_smoothed_or_not(keras):
    from pipeline.training.recipe.loss import ClassWeightedCrossentropy

    predicted = np.array([[0.7, 0.2, 0.1], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8]], np.float32)
    mixed = np.array([[1, 0, 0], [0.25, 0.75, 0], [0, 0, 1]], np.float32)
    mixed, predicted = keras.ops.convert_to_tensor(mixed), keras.ops.convert_to_tensor(predicted)
    weights = np.array([[0.5], [2.0], [0.0]], np.float32)
    for classes in (None, [1.0, 2.0, 3.0]):
        plain = ClassWeightedCrossentropy(classes, 0.1).call(mixed, predicted)
        weighted = ClassWeightedCrossentropy(classes, 0.1, weighted_targets=True).call(mixed * weights, predicted)
        np.testing.assert_allclose(weighted, np.array(plain) * weights[:, 0], rtol=1e-5)
