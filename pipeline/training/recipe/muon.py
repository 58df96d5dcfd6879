"""Muon for convolutions; Keras's own updates two-dimensional weights only, and a GoogLeNet has few of them."""

from collections.abc import Mapping
from typing import Any

import keras

from pipeline.training.engine.fused_optimizers import adam_update
from pipeline.training.engine.keras_internals import FusedUpdates, MuonHooks, trained_variable


class FilterMuon(MuonHooks):
    """Keras's Muon, with orthogonal updates for the filters of convolutions.

    Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks") takes a filter
    (height, width, in, out) as a matrix of height × width × in rows and out columns. Biases, normalization and dense
    layers stay with AdamW: a GoogLeNet's dense layers are its classifiers, which are not hidden.
    """

    def is_matrix(self, variable: Any) -> bool:
        """Return whether `variable` is a filter, (height, width, in, out)."""
        return len(variable.shape) == 4

    def update_matrix(self, gradient: Any, variable: Any, rate: Any, momentum: Any) -> None:
        """Update a filter and its momentum, all of shape (height, width, in, out)."""
        self.assign_add(momentum, gradient + momentum * (self.momentum - 1))
        direction = gradient + self.momentum * momentum if self.nesterov else momentum
        matrix = keras.ops.reshape(direction, (-1, variable.shape[-1]))
        update = self.lr_adjust(self.zeropower_via_newtonschulz5(matrix, self.ns_steps))
        self.assign_sub(variable, rate * keras.ops.reshape(update, variable.shape))

    def zeropower_via_newtonschulz5(self, x: Any, steps: int) -> Any:
        """Return the nearly orthogonal matrix (rows, columns), float32, in direction `x`.

        Under a bfloat16 dtype policy the products are in bfloat16, as in the publication's code; otherwise in float32.

        Args:
            x: (rows, columns).
            steps: Newton-Schulz iterations.
        """
        dtype = "bfloat16" if keras.config.dtype_policy().compute_dtype == "bfloat16" else "float32"
        return keras.ops.cast(self.newton_schulz(keras.ops.cast(x, dtype), steps), "float32")

    def newton_schulz(self, x: Any, steps: int) -> Any:
        """Return `steps` Newton-Schulz iterations of `x` (rows, columns), in its dtype."""
        return super().zeropower_via_newtonschulz5(x, steps)


class FusedMuon(FusedUpdates, FilterMuon):
    """Muon with fewer operations for convolutions, and TensorFlow's AdamW kernel for all other weights."""

    def update_weights(self, gradients: Mapping[int, Any], rate: Any) -> None:
        """Update the weights; as `FusedUpdates.update_weights`."""
        others = {index: gradient for index, gradient in gradients.items() if self.adam_velocities[index] is not None}
        betas = (self.adam_beta_1, self.adam_beta_2)
        adam_update(self, others, rate * self.adam_lr_ratio, (self.momentums, self.adam_velocities), betas)
        for index, gradient in gradients.items():
            if index not in others:
                self.update_matrix(gradient, trained_variable(self, index), rate, self.momentums[index])

    def newton_schulz(self, x: Any, steps: int) -> Any:
        """Return `steps` Newton-Schulz iterations of `x` (rows, columns); as `FilterMuon.newton_schulz`."""
        import tensorflow as tf

        tall = x.shape[0] > x.shape[1]
        x = tf.transpose(x) if tall else x
        x = x / (tf.norm(x) + 1e-7)
        for _ in range(steps):
            square = tf.matmul(x, x, transpose_b=True)
            x = self.muon_a * x + tf.matmul(self.muon_b * square + self.muon_c * tf.matmul(square, square), x)
        return tf.transpose(x) if tall else x
