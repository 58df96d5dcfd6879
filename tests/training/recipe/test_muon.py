"""Muon for filters."""

import numpy as np
import pytest

RATE = 0.1


def stepped(keras, recipe, shape, gradient):
    """Return how much a weight of zeros moves in one step of the recipe's Muon against `gradient`."""
    from pipeline.training.recipe.optimizer import build_optimizer

    changed = {"schedule": "constant", "warmup_epochs": 0, "learning_rate": RATE, "weight_decay": 0.0}
    built = build_optimizer(recipe(optimizer="muon", **changed), steps=10)
    weight = keras.Variable(np.zeros(shape, np.float32), name="kernel")
    built.build([weight])
    built.apply([keras.ops.convert_to_tensor(gradient)], [weight])
    return -np.array(weight)


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("shape", [(3, 3, 8, 16), (1, 1, 16, 48)])
def test_a_filter_moves_about_as_far_in_every_direction(keras, recipe, shape, policy):
    scales = np.geomspace(0.2, 5.0, shape[-1])  # of the filters' gradients: plain descent moves by these
    gradient = (np.random.default_rng(0).normal(size=shape) * scales).astype(np.float32)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        moved = stepped(keras, recipe, shape, gradient)
    finally:
        keras.config.set_dtype_policy(before)
    matrix = moved.reshape(-1, shape[-1])
    assert moved.dtype == np.float32
    spread = np.linalg.svd(matrix, compute_uv=False) / (RATE * 0.2 * np.sqrt(max(matrix.shape)))
    unevenness = np.linalg.svd(gradient.reshape(matrix.shape), compute_uv=False)
    assert spread.max() / spread.min() < 0.5 * unevenness.max() / unevenness.min()
    assert spread.min() > 0.2
    assert spread.max() < 1.3
    assert (moved * gradient).sum() > 0


@pytest.mark.parametrize("shape", [(16,), (8, 16)])
def test_biases_normalization_and_classifiers_move_by_adams_rule(keras, recipe, shape):
    gradient = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    np.testing.assert_allclose(stepped(keras, recipe, shape, gradient), RATE * np.sign(gradient), rtol=1e-3)
