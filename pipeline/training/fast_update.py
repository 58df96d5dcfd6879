"""Updates of the weights in one operation for each weight, instead of the dozen that Keras makes of Adam's.

The arithmetic is Keras's own. What it saves is time before the first step, in which TensorFlow traces and optimises
every operation, and little after. Under a tf.distribute strategy Keras's own update stays.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from pipeline.training.muon import FilterMuon


def fast_optimizer(kind: type[keras.optimizers.Optimizer]) -> type[keras.optimizers.Optimizer]:
    """Return the kind of optimiser that updates as `kind` does in fewer operations; `kind` where there is none."""
    if keras.config.backend() != "tensorflow":
        return kind
    fused = {keras.optimizers.AdamW: FusedAdamW, keras.optimizers.SGD: FusedSGD, FilterMuon: FusedMuon}
    return fused.get(kind, kind)


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

    def _adam(
        self, gradients: Mapping[int, Any], rate: Any, first: Any, second: Any, betas: tuple[float, float]
    ) -> None:
        import tensorflow as tf

        step = tf.cast(self.iterations, tf.float32) + 1.0
        powers = [tf.pow(beta, step) for beta in betas]
        for index, gradient in gradients.items():
            tf.raw_ops.ResourceApplyAdam(
                var=self._value(index).handle,
                m=first[index].value.handle,
                v=second[index].value.handle,
                beta1_power=powers[0],
                beta2_power=powers[1],
                lr=rate,
                beta1=betas[0],
                beta2=betas[1],
                epsilon=self.epsilon,
                grad=gradient,
            )

    def _value(self, index: int) -> Any:
        return self._trainable_variables[index].value


class FusedAdamW(_Fused, keras.optimizers.AdamW):  # type: ignore[misc]
    """AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101) on TensorFlow's kernel."""

    def _update(self, gradients: Mapping[int, Any], rate: Any) -> None:
        self._adam(gradients, rate, self._momentums, self._velocities, (self.beta_1, self.beta_2))


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


class FusedMuon(_Fused, FilterMuon):
    """Muon for filters with fewer operations to an iteration, and TensorFlow's kernel of AdamW for all else."""

    def _apply_weight_decay(self, variables: Sequence[Any]) -> None:
        if self.adam_weight_decay == self.weight_decay:
            super()._apply_weight_decay(variables)
        else:
            FilterMuon._apply_weight_decay(self, variables)

    def _update(self, gradients: Mapping[int, Any], rate: Any) -> None:
        others = {index: gradient for index, gradient in gradients.items() if self.adam_velocities[index] is not None}
        betas = (self.adam_beta_1, self.adam_beta_2)
        self._adam(others, rate * self.adam_lr_ratio, self.momentums, self.adam_velocities, betas)
        for index, gradient in gradients.items():
            if index not in others:
                self._muon_update_step(gradient, self._trainable_variables[index], rate, self.momentums[index])

    def _iterated(self, x: Any, steps: int) -> Any:
        import tensorflow as tf

        tall = x.shape[0] > x.shape[1]
        x = tf.transpose(x) if tall else x
        x = x / (tf.norm(x) + 1e-7)
        for _ in range(steps):
            square = tf.matmul(x, x, transpose_b=True)
            x = self.muon_a * x + tf.matmul(self.muon_b * square + self.muon_c * tf.matmul(square, square), x)
        return tf.transpose(x) if tall else x
