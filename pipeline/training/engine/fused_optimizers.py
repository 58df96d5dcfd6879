"""Optimizers that update each weight in one TensorFlow operation, instead of a dozen.

This saves time before the first step, in which TensorFlow traces and optimizes every operation, and little after it.
"""

from collections.abc import Mapping
from typing import Any

import keras

from pipeline.training.engine.keras_internals import FusedUpdates, adam_slots


class FusedAdamW(FusedUpdates, keras.optimizers.AdamW):
    """AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101) on TensorFlow's kernel."""

    def update_weights(self, gradients: Mapping[int, Any], rate: Any) -> None:
        """Update the weights; as `FusedUpdates.update_weights`."""
        adam_update(self, gradients, rate, adam_slots(self), (self.beta_1, self.beta_2))


class FusedSGD(FusedUpdates, keras.optimizers.SGD):
    """Gradient descent, with or without momentum (Sutskever et al. 2013), on TensorFlow's kernels."""

    def update_weights(self, gradients: Mapping[int, Any], rate: Any) -> None:
        """Update the weights; as `FusedUpdates.update_weights`."""
        import tensorflow as tf

        for index, gradient in gradients.items():
            weight = self.weight(index).handle
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


def adam_update(
    optimizer: FusedUpdates,
    gradients: Mapping[int, Any],
    rate: Any,
    slots: tuple[list[Any], list[Any]],
    betas: tuple[float, float],
) -> None:
    """Update weights and their slots by Adam's rule (Kingma & Ba 2015, arXiv:1412.6980, algorithm 1).

    Args:
        optimizer: whose weights.
        gradients: by index of the weight.
        rate: learning rate, a float32 scalar.
        slots: averages of gradients and of their squares, by index of the weight.
        betas: decay of these averages.
    """
    import tensorflow as tf

    step = tf.cast(optimizer.iterations, tf.float32) + 1.0
    powers = [tf.pow(beta, step) for beta in betas]
    first, second = slots
    for index, gradient in gradients.items():
        tf.raw_ops.ResourceApplyAdam(
            var=optimizer.weight(index).handle,
            m=first[index].value.handle,
            v=second[index].value.handle,
            beta1_power=powers[0],
            beta2_power=powers[1],
            lr=rate,
            beta1=betas[0],
            beta2=betas[1],
            epsilon=optimizer.epsilon,
            grad=gradient,
        )
