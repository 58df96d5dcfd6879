"""The fused updates do to weights, moments and averages what Keras's own do."""

import numpy as np
import pytest

ADAMW = {"beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-5, "weight_decay": 0.02}
MUON = {"momentum": 0.9, "weight_decay": 0.02, "ns_steps": 3}
CASES = [
    ("AdamW", ADAMW),
    ("AdamW", ADAMW | {"use_ema": True, "ema_momentum": 0.7, "global_clipnorm": 0.5}),
    ("AdamW", ADAMW | {"gradient_accumulation_steps": 2}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.02}),
    ("SGD", {"momentum": 0.9, "gradient_accumulation_steps": 2}),
    ("SGD", {"momentum": 0.0}),
    ("FilterMuon", MUON | {"adam_weight_decay": 0.02}),
    ("FilterMuon", MUON | {"adam_weight_decay": 0.1, "nesterov": False}),
    ("FilterMuon", MUON | {"adam_weight_decay": 0.02, "use_ema": True, "ema_momentum": 0.7, "global_clipnorm": 0.5}),
    ("FilterMuon", MUON | {"adam_weight_decay": 0.02, "gradient_accumulation_steps": 2}),
]


@pytest.mark.parametrize(("name", "options"), CASES)
def test_steps_with_a_schedule_end_where_keras_ends(keras, name, options):
    from pipeline.training.recipe.muon import FilterMuon
    from pipeline.training.recipe.optimizer import fused_optimizer

    own = FilterMuon if name == "FilterMuon" else getattr(keras.optimizers, name)
    assert fused_optimizer(own) is not own
    found, expected = (stepped(keras, kind, options) for kind in (fused_optimizer(own), own))
    assert len(found) == len(expected)
    rounding = 5e-6 if name == "FilterMuon" else 1e-6  # which Muon's iterations enlarge
    for one, two in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, two, rtol=2e-5, atol=rounding)


def test_what_has_no_kernel_here_stays_keras_own(keras):
    from pipeline.training.recipe.optimizer import fused_optimizer

    assert fused_optimizer(keras.optimizers.Lion) is keras.optimizers.Lion


def stepped(keras, kind, options):
    """Return weights and optimizer state after five steps in a compiled function."""
    keras.utils.set_random_seed(0)
    filters = [keras.layers.Reshape((2, 2, 1)), keras.layers.Conv2D(6, 2, activation="relu"), keras.layers.Flatten()]
    model = keras.Sequential([keras.Input((4,)), *filters, keras.layers.Dense(3)])
    schedule = keras.optimizers.schedules.CosineDecay(0.1, 8)
    optimizer = kind(schedule, **options)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    model.compile(optimizer, keras.losses.CategoricalCrossentropy(from_logits=True))
    random = np.random.default_rng(0)
    for _ in range(5):
        model.train_on_batch(random.normal(size=(8, 4)), np.eye(3)[random.integers(0, 3, 8)])
    return [variable.numpy() for variable in (*model.weights, *optimizer.variables)]
