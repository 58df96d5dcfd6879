"""The layers that train fastest on a CPU under TensorFlow.

Keras's batch normalization is a dozen TensorFlow operations, each a pass over the activations in float32. On a
CPU that is more than half of a GoogLeNet's training step; TensorFlow's fused kernel, which also takes bfloat16, takes
about a fifth of that time. `python -m benchmarks.speed.fused_layers_speed` measures what each of these layers gains.

Four of the six convolutions of an inception module are 1×1. Their gradient for the filters is one product of two
matrices, which a CPU computes faster than TensorFlow's kernel for convolutions of any size.
"""

from typing import Any

import keras


def batch_norm_layer() -> type[keras.layers.BatchNormalization]:
    """Return the batch normalization to train with; on a GPU, Keras's own.

    It has the variables of Keras's, in the same order; `keras_class` leads a layer back.
    """
    return FusedBatchNormalization if _tensorflow_on_a_cpu() else keras.layers.BatchNormalization


def convolution_layer() -> type[keras.layers.Conv2D]:
    """Return the convolution to train with; on a GPU, Keras's own."""
    return MatmulConv2D if _tensorflow_on_a_cpu() else keras.layers.Conv2D


def keras_class(layer: keras.layers.Layer) -> type[keras.layers.Layer]:
    """Return Keras's own class that `layer` stands for."""
    classes: dict[type, type[keras.layers.Layer]] = {
        FusedBatchNormalization: keras.layers.BatchNormalization,
        MatmulConv2D: keras.layers.Conv2D,
    }
    return classes.get(type(layer), type(layer))


def _tensorflow_on_a_cpu() -> bool:
    import tensorflow as tf

    return keras.config.backend() == "tensorflow" and not tf.config.list_physical_devices("GPU")


class MatmulConv2D(keras.layers.Conv2D):
    """A convolution whose gradient for 1×1 filters is a product of matrices."""

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Convolve (batch, height, width, channels) with (height, width, channels, filters)."""
        if self.kernel_size == (1, 1) and self.strides == (1, 1) and self.groups == 1:
            return _pointwise(inputs, kernel)
        return super().convolution_op(inputs, kernel)


def _pointwise(inputs: Any, kernel: Any) -> Any:
    import tensorflow as tf

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def convolved(inputs: Any, kernel: Any) -> Any:
        def gradients(above: Any) -> tuple[Any, Any]:
            below = tf.raw_ops.Conv2DBackpropInput(
                input_sizes=tf.shape(inputs), filter=kernel, out_backprop=above, strides=[1, 1, 1, 1], padding="VALID"
            )
            channels, filters = kernel.shape[2:]
            pixels, changes = tf.reshape(inputs, (-1, channels)), tf.reshape(above, (-1, filters))
            return below, tf.reshape(tf.linalg.matmul(pixels, changes, transpose_a=True), kernel.shape)

        return tf.nn.conv2d(inputs, kernel, 1, "VALID"), gradients

    return convolved(tf.convert_to_tensor(inputs), tf.convert_to_tensor(kernel))


class FusedBatchNormalization(keras.layers.BatchNormalization):
    """Batch normalization (Ioffe & Szegedy 2015, arXiv:1502.03167, algorithm 1) in one TensorFlow kernel."""

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalize by the batch's statistics in training, else by the moving averages.

        Args:
            inputs: (batch, height, width, channels).
            training: whether to use and record the batch's statistics.
            mask: ignored.
        """
        import tensorflow as tf

        learning = bool(training and self.trainable)
        averages = [[], []] if learning else [self.moving_mean.value, self.moving_variance.value]
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=tf.convert_to_tensor(self.gamma),
            offset=tf.convert_to_tensor(self.beta),
            mean=tf.convert_to_tensor(averages[0], tf.float32),
            variance=tf.convert_to_tensor(averages[1], tf.float32),
            epsilon=self.epsilon,
            is_training=learning,
        )
        if learning:
            count = tf.cast(tf.size(inputs) // self.gamma.shape[0], tf.float32)
            biased = (
                variance * (count - 1.0) / count
            )  # Keras averages the biased variance, the kernel returns the other
            for average, now in ((self.moving_mean, mean), (self.moving_variance, biased)):
                average.assign(average * self.momentum + now * (1.0 - self.momentum))
        return outputs
