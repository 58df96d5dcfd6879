"""The only file that uses private interfaces of Keras and TensorFlow.

Everything else subclasses or calls what stands here. `USED` lists each private name; a test looks for all of them in
the installed version and fails with the ones that are gone (pyproject.toml keeps Keras within one minor version).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras

USED = {
    "Optimizer": (
        "_apply_weight_decay",
        "_backend_update_step",
        "_get_variable_index",
        "_update_model_variables_moving_average",
        "_use_weight_decay",
    ),
    "Muon": ("_muon_update_step", "_should_use_adamw"),
    "Layer": ("_flatten_layers",),
}
BUILT = {  # attributes that exist once an optimizer is built
    "Optimizer": ("_trainable_variables", "_model_variables_moving_average"),
    "AdamW": ("_momentums", "_velocities"),
}


class FusedUpdates(keras.optimizers.Optimizer):
    """An optimizer that updates all weights in one call of `update_weights`, with few TensorFlow operations.

    The arithmetic is Keras's own. Under a tf.distribute strategy Keras's own update stays.
    """

    def update_weights(self, gradients: Mapping[int, Any], rate: Any) -> None:
        """Update the weights.

        Args:
            gradients: by index of the weight, each in the weight's shape.
            rate: learning rate, a float32 scalar.
        """
        for index, gradient in gradients.items():
            self.update_step(gradient, self._trainable_variables[index], rate)

    def weight(self, index: int) -> Any:
        """Return the TensorFlow variable of the weight with this index."""
        return self._trainable_variables[index].value

    def _apply_weight_decay(self, variables: Sequence[Any]) -> None:
        import tensorflow as tf

        uniform = getattr(self, "adam_weight_decay", self.weight_decay) == self.weight_decay
        if self.weight_decay is None or not uniform or tf.distribute.has_strategy():
            super()._apply_weight_decay(variables)
            return
        rate = tf.cast(self.learning_rate, tf.float32) * self.weight_decay  # the schedule once, not per weight
        for variable in variables:
            if self._use_weight_decay(variable):
                value = self.weight(self._get_variable_index(variable))
                value.assign_sub(value * rate)

    def _backend_update_step(self, grads: Sequence[Any], trainable_variables: Sequence[Any], rate: Any) -> None:
        import tensorflow as tf

        sparse = any(isinstance(gradient, tf.IndexedSlices) for gradient in grads)
        if sparse or tf.distribute.has_strategy():
            super()._backend_update_step(grads, trainable_variables, rate)
            return
        indices = [self._get_variable_index(variable) for variable in trainable_variables]
        self.update_weights(dict(zip(indices, grads, strict=True)), tf.cast(rate, tf.float32))

    def _update_model_variables_moving_average(self, trainable_variables: Sequence[Any]) -> None:
        import tensorflow as tf

        if tf.distribute.has_strategy():
            super()._update_model_variables_moving_average(trainable_variables)
            return
        first = tf.equal(tf.convert_to_tensor(self.iterations), 0)
        momentum = tf.where(first, 0.0, self.ema_momentum)  # the first average is the weight itself
        for index, average in enumerate(self._model_variables_moving_average):
            if average is not None:
                average.value.assign(momentum * average.value + (1.0 - momentum) * self.weight(index))


class MuonHooks(keras.optimizers.Muon):
    """Keras's Muon with two public methods to override: which weights it updates as matrices, and how."""

    def is_matrix(self, variable: Any) -> bool:
        """Return whether Muon updates `variable`; AdamW updates the others."""
        return not super()._should_use_adamw(variable)

    def update_matrix(self, gradient: Any, variable: Any, rate: Any, momentum: Any) -> None:
        """Update one weight and its momentum by Muon."""
        super()._muon_update_step(gradient, variable, rate, momentum)

    def _should_use_adamw(self, variable: Any) -> bool:
        return not self.is_matrix(variable)

    def _muon_update_step(self, gradient: Any, variable: Any, lr: Any, m: Any) -> None:
        self.update_matrix(gradient, variable, lr, m)


def trained_variable(optimizer: keras.optimizers.Optimizer, index: int) -> Any:
    """Return the Keras variable with this index among those that `optimizer` trains."""
    return optimizer._trainable_variables[index]


def adam_slots(optimizer: keras.optimizers.AdamW) -> tuple[list[Any], list[Any]]:
    """Return AdamW's averages of gradients and of their squares, by index of the weight."""
    return optimizer._momentums, optimizer._velocities


def moving_averages(optimizer: keras.optimizers.Optimizer) -> list[tuple[Any, Any]]:
    """Return each trained variable with its exponential moving average; none if the optimizer keeps no averages."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)  # float16's loss scaling wraps the optimizer
    if not inner.use_ema:
        return []
    return list(zip(inner._trainable_variables, inner._model_variables_moving_average, strict=True))


def seed_generators(layer: keras.layers.Layer) -> Iterator[keras.random.SeedGenerator]:
    """Yield the seed generators of `layer` and of the layers inside it."""
    for part in layer._flatten_layers():
        if isinstance(getattr(part, "generator", None), keras.random.SeedGenerator):
            yield part.generator


def drop_registered_gradients() -> None:
    """Drop the custom gradients that TensorFlow keeps, with their graphs, for every step that was ever traced.

    Networks built before this call cannot be differentiated any more.
    """
    from tensorflow.python.framework import ops

    registered = getattr(getattr(ops, "gradient_registry", None), "_registry", {})
    for name in [name for name in registered if name.startswith("CustomGradient-")]:
        del registered[name]
