"""Updates of the weights in one operation for each weight, instead of the dozen that Keras makes of Adam's.

The arithmetic is Keras's own. What it saves is time before the first step, in which TensorFlow traces and optimises
every operation, and little after. Under a tf.distribute strategy Keras's own update stays.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import keras


def fast_optimizer(kind: type[keras.optimizers.Optimizer]) -> type[keras.optimizers.Optimizer]:
    """Return the kind of optimiser that updates as `kind` does in fewer operations; `kind` where there is none."""
    if keras.config.backend() != "tensorflow":
        return kind
    return {keras.optimizers.AdamW: FusedAdamW, keras.optimizers.SGD: FusedSGD}.get(kind, kind)


class _Fused(keras.optimizers.Optimizer):  # type: ignore[misc]  # Keras's choice of a backend hides its type
    def _apply_weight_decay(self, variables: Sequence[Any]) -> None:
        import tensorflow as tf

        if self.weight_decay is None or tf.distribute.has_strategy():
            super()._apply_weight_decay(variables)
            return
        rate = tf.cast(self.learning_rate, tf.float32) * self.weight_decay  # a schedule: once, not per variable
        for variable in variables:
            if self._use_weight_decay(variable):
                value = self._value(self._get_variable_index(variable))
                value.assign_sub(value * rate)

    def _backend_update_step(self, grads: Sequence[Any], trainable_variables: Sequence[Any], rate: Any) -> None:
        import tensorflow as tf

        sparse = any(isinstance(gradient, tf.IndexedSlices) for gradient in grads)
        if sparse or tf.distribute.has_strategy():
            super()._backend_update_step(grads, trainable_variables, rate)
            return
        indices = [self._get_variable_index(variable) for variable in trainable_variables]
        self._update(dict(zip(indices, grads, strict=True)), tf.cast(rate, tf.float32))

    def _update(self, gradients: Mapping[int, Any], rate: Any) -> None:
        raise NotImplementedError

    def _update_model_variables_moving_average(self, trainable_variables: Sequence[Any]) -> None:
        import tensorflow as tf

        if tf.distribute.has_strategy():
            super()._update_model_variables_moving_average(trainable_variables)
            return
        momentum = tf.where(
            tf.equal(tf.convert_to_tensor(self.iterations), 0), 0.0, self.ema_momentum
        )  # the first is the weight
        for index, average in enumerate(self._model_variables_moving_average):
            if average is not None:
                average.value.assign(momentum * average.value + (1.0 - momentum) * self._value(index))

    def _value(self, index: int) -> Any:
        return self._trainable_variables[index].value


class FusedAdamW(_Fused, keras.optimizers.AdamW):  # type: ignore[misc]
    """AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101) on TensorFlow's kernel."""

    def _update(self, gradients: Mapping[int, Any], rate: Any) -> None:
        import tensorflow as tf

        step = tf.cast(self.iterations, tf.float32) + 1.0
        powers = {"beta1_power": tf.pow(self.beta_1, step), "beta2_power": tf.pow(self.beta_2, step)}
        for index, gradient in gradients.items():
            tf.raw_ops.ResourceApplyAdam(
                var=self._value(index).handle,
                m=self._momentums[index].value.handle,
                v=self._velocities[index].value.handle,
                lr=rate,
                beta1=self.beta_1,
                beta2=self.beta_2,
                epsilon=self.epsilon,
                grad=gradient,
                **powers,
            )


class FusedSGD(_Fused, keras.optimizers.SGD):  # type: ignore[misc]
    """Gradient descent, with momentum where there is some (Sutskever et al. 2013), on TensorFlow's kernels."""

    def _update(self, gradients: Mapping[int, Any], rate: Any) -> None:
        import tensorflow as tf

        for index, gradient in gradients.items():
            weight = self._value(index).handle
            if self.momentum == 0:
                tf.raw_ops.ResourceApplyGradientDescent(var=weight, alpha=rate, delta=gradient)
                continue
            tf.raw_ops.ResourceApplyKerasMomentum(
                var=weight,
                accum=self.momentums[index].value.handle,
                lr=rate,
                grad=gradient,
                momentum=self.momentum,
                use_nesterov=self.nesterov,
            )
