"""Muon for convolutions: Keras's own leaves all but two-dimensional weights, so nearly all of a GoogLeNet, to AdamW."""

from typing import Any

import keras


class FilterMuon(keras.optimizers.Muon):  # type: ignore[misc]  # Keras's choice of a backend hides its type
    """Keras's Muon, with orthogonal updates for filters.

    Muon ("Muon: an optimizer for hidden layers in neural networks", Jordan et al. 2024) takes a filter
    (height, width, in, out) as a matrix of height × width × in rows and out columns. Biases, normalisation and dense
    layers stay with AdamW: a GoogLeNet's dense layers are its classifiers, which are not hidden.
    """

    def _should_use_adamw(self, variable: Any) -> bool:
        return len(variable.shape) != 4

    def _muon_update_step(self, gradient: Any, variable: Any, lr: Any, m: Any) -> None:
        self.assign_add(m, gradient + m * (self.momentum - 1))
        direction = gradient + self.momentum * m if self.nesterov else m
        matrix = keras.ops.reshape(direction, (-1, variable.shape[-1]))
        update = self.lr_adjust(self.zeropower_via_newtonschulz5(matrix, self.ns_steps))
        self.assign_sub(variable, lr * keras.ops.reshape(update, variable.shape))

    def zeropower_via_newtonschulz5(self, x: Any, steps: int) -> Any:
        """Return the nearly orthogonal matrix (rows, columns), float32, in direction `x`.

        The products are in bfloat16 where the training's are, as in the publication's code, in float32 elsewhere.
        """
        dtype = "bfloat16" if keras.config.dtype_policy().compute_dtype == "bfloat16" else "float32"
        return keras.ops.cast(self._iterated(keras.ops.cast(x, dtype), steps), "float32")

    def _iterated(self, x: Any, steps: int) -> Any:
        return super().zeropower_via_newtonschulz5(x, steps)
