"""Keras's private interfaces that this project uses: a test names what a new version has dropped."""

import numpy as np
import pytest

OPTIMIZERS = ("Optimizer", "SGD", "AdamW", "Muon")


def owner(keras, name):
    return keras.layers.Layer if name == "Layer" else getattr(keras.optimizers, name)


def test_the_installed_keras_has_every_private_method(keras):
    from pipeline.training.engine.keras_internals import USED

    gone = [f"{kind}.{name}" for kind, names in USED.items() for name in names if not hasattr(owner(keras, kind), name)]
    assert not gone, f"keras {keras.__version__} has no {', '.join(gone)} any more: see keras_internals.py"


@pytest.mark.parametrize("kind", ["SGD", "AdamW", "Muon"])
def test_a_built_optimizer_has_every_private_attribute(keras, kind):
    from pipeline.training.engine.keras_internals import BUILT

    optimizer = getattr(keras.optimizers, kind)(use_ema=True)
    optimizer.build([keras.Variable(np.zeros((2, 2), np.float32))])
    names = BUILT["Optimizer"] + BUILT.get(kind, ())
    gone = [name for name in names if not hasattr(optimizer, name)]
    assert not gone, f"keras {keras.__version__}: {kind} has no {', '.join(gone)} any more: see keras_internals.py"


def test_the_hooks_are_called(keras):
    """If Keras calls other methods than those that are overridden, the overrides silently do nothing."""
    from pipeline.training.engine.fused_optimizers import FusedSGD
    from pipeline.training.recipe.muon import FilterMuon

    calls = []

    class Spy(FusedSGD):
        def update_weights(self, gradients, rate):
            calls.append("update_weights")
            super().update_weights(gradients, rate)

    class SpyMuon(FilterMuon):
        def update_matrix(self, gradient, variable, rate, momentum):
            calls.append("update_matrix")
            super().update_matrix(gradient, variable, rate, momentum)

    for kind in (Spy, SpyMuon):
        optimizer, weight = kind(0.1), keras.Variable(np.ones((1, 1, 2, 2), np.float32))
        optimizer.build([weight])
        optimizer.apply([keras.ops.ones_like(weight)], [weight])
        assert (np.asarray(weight) < 1).any()
    assert calls == ["update_weights", "update_matrix"]


def test_tensorflow_keeps_custom_gradients_where_they_are_dropped_from():
    from tensorflow.python.framework import ops

    assert isinstance(ops.gradient_registry._registry, dict), "tensorflow: see drop_registered_gradients"
