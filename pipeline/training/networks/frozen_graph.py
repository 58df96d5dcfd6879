"""A network as a TensorFlow function of constants, from which other formats are converted."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from pipeline.runtime.engine.openvino_layout import INPUT


def frozen_call(network: keras.Model) -> Callable[[Any], list[Any]]:
    """Return what computes the network's outputs of a tensor of images, with constants in place of its variables.

    Args:
        network: under Keras's TensorFlow backend.
    """
    trainable = [variable.numpy() for variable in network.trainable_variables]
    fixed = [variable.numpy() for variable in network.non_trainable_variables]

    def call(images: Any) -> list[Any]:
        constants = [[tf.constant(value) for value in values] for values in (trainable, fixed)]
        outputs = network.stateless_call(*constants, images, training=False)[0]
        return list(outputs) if isinstance(outputs, list | tuple) else [outputs]

    return call


def traced(call: Callable[[Any], Any], network: keras.Model) -> tf.types.experimental.PolymorphicFunction:
    """Return `call` as a function that TensorFlow traces, for any number of the network's images."""
    images = tf.TensorSpec((None, *network.input_shape[1:]), tf.uint8, name=INPUT)
    return tf.function(call, input_signature=[images], autograph=False)
