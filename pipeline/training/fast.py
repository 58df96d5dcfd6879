"""The layers that train fastest on this machine.

Keras's batch normalisation is a dozen operations on TensorFlow, each a pass over the activations in float32. On a
CPU that is half of a GoogLeNet's training step; TensorFlow's fused kernel, which also takes bfloat16, is a tenth.
"""

from typing import Any

import keras


def fast_normalization() -> type[keras.layers.BatchNormalization]:
    """Return the batch normalisation to train with: on a GPU, Keras's own.

    Its variables and their order are those of Keras's; `plain` leads a layer back.
    """
    import tensorflow as tf

    own: type[keras.layers.BatchNormalization] = keras.layers.BatchNormalization
    kernel_is_faster = keras.config.backend() == "tensorflow" and not tf.config.list_physical_devices("GPU")
    return FusedBatchNormalization if kernel_is_faster else own


def plain(layer: keras.layers.Layer) -> type[keras.layers.Layer]:
    """Return the class of Keras's own that `layer` stands for."""
    return keras.layers.BatchNormalization if isinstance(layer, FusedBatchNormalization) else type(layer)


class FusedBatchNormalization(keras.layers.BatchNormalization):
    """Batch normalisation (Ioffe & Szegedy 2015, arXiv:1502.03167, algorithm 1) in one kernel of TensorFlow's."""

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalise (batch, height, width, channels) by the batch's statistics in training, else by the averages."""
        import tensorflow as tf

        learning = bool(training and self.trainable)
        given = [[], []] if learning else [self.moving_mean.value, self.moving_variance.value]
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=tf.convert_to_tensor(self.gamma),
            offset=tf.convert_to_tensor(self.beta),
            mean=tf.convert_to_tensor(given[0], tf.float32),
            variance=tf.convert_to_tensor(given[1], tf.float32),
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
