"""Max pooling whose gradient is fast on a GPU under JAX.

XLA's gradient of a max pooling adds to memory atomically, once for each output. Maxima of shifted copies, as here, have
a gradient of selections and sums, which XLA fuses.
"""

from typing import Any

import keras
from keras import layers, ops


class ShiftedMaxPooling2D(layers.MaxPooling2D):  # type: ignore[misc]  # Keras's choice of a backend hides its type
    """Keras's max pooling of 3×3 windows with padding `same`; equal values of a window share its gradient."""

    def call(self, inputs: Any) -> Any:
        """Return the maxima (batch, ceil(height / stride), ceil(width / stride), channels) of `inputs`."""
        maxima = inputs
        for axis, stride in ((1, self.strides[0]), (2, self.strides[1])):
            maxima = _along(maxima, axis, stride)
        return maxima


def with_shifted_pooling(model: keras.Model) -> keras.Model:
    """Return a copy of `model`, weights included, with its max poolings replaced by `ShiftedMaxPooling2D`."""

    def copy(layer: keras.layers.Layer) -> keras.layers.Layer:
        kind = ShiftedMaxPooling2D if isinstance(layer, layers.MaxPooling2D) else layer.__class__
        return kind.from_config(layer.get_config())

    copied = keras.models.clone_model(model, clone_function=copy)
    copied.set_weights(model.get_weights())
    return copied


def _along(x: Any, axis: int, stride: int) -> Any:
    size, widths = x.shape[axis], [(0, 0)] * 4
    widths[axis] = (1, 1)
    padded = ops.pad(x, widths, constant_values=-float("inf"))

    def shifted(by: int) -> Any:
        return padded[(slice(None),) * axis + (slice(by, by + size),)]

    maxima = ops.maximum(ops.maximum(shifted(0), shifted(1)), shifted(2))
    first = 1 if stride == 2 and size % 2 == 0 else 0  # TensorFlow pads even sizes at the end alone
    return maxima[(slice(None),) * axis + (slice(first, None, stride),)]
