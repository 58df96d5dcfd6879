"""The classifier at the end of the network and, for training, the auxiliary ones in its middle."""

from collections.abc import Callable
from typing import Any

import keras
from keras import layers

from pipeline.model.layers import ConvStyle, conv
from pipeline.topology.blocks import HEAD_POOL

STRIDE, CONV, DENSE, DROPOUT = 3, 128, 1024, 0.7  # arXiv:1409.4842, section 5


def classifier(x: Any, classes: int, dropout: float, activation: str | None) -> Any:
    """Average over the image, drop, classify; in float32 from the classifier on.

    Args:
        x: (batch, height, width, channels).
        classes: units of the classifier.
        dropout: fraction dropped before it.
        activation: `softmax`, or None for logits.

    Returns:
        (batch, classes), float32.
    """
    x = layers.GlobalAveragePooling2D(keepdims=True, name="average_pool")(x)
    x = layers.Flatten(name="features")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Dense(classes, dtype="float32", name="classifier")(x)
    return layers.Activation(activation or "linear", dtype="float32", name="probabilities")(x)


def auxiliary_classifier(
    x: Any, block: str, classes: int, style: ConvStyle, scaled: Callable[[int], int], activation: str | None
) -> Any:
    """Classify the output of an inception module, so that gradients reach the middle of the network directly.

    Args:
        x: (batch, height, width, channels), at least 5×5 pixels.
        block: the module's name.
        classes: units of the classifier.
        style: what follows its convolution.
        scaled: applies the network's width to a number of filters.
        activation: `softmax`, or None for logits.

    Returns:
        (batch, classes), float32.
    """
    name = f"auxiliary_{block[-2:]}"
    x = layers.AveragePooling2D(HEAD_POOL, STRIDE, name=f"{name}_pool")(x)
    x = conv(x, scaled(CONV), 1, f"{name}_conv", style)
    x = layers.Flatten(name=f"{name}_features")(x)
    x = layers.Dense(scaled(DENSE), activation=style.activation, name=f"{name}_dense")(x)
    x = layers.Dropout(DROPOUT, name=f"{name}_dropout")(x)
    x = layers.Dense(classes, dtype="float32", name=f"{name}_classifier")(x)
    return layers.Activation(activation or "linear", dtype="float32", name=name)(x)


def without_auxiliary_heads(model: keras.Model) -> keras.Model:
    """Return the part of `model` that is used after training, sharing its weights: its first output only."""
    return model if len(model.outputs) == 1 else keras.Model(model.inputs, model.outputs[0], name=model.name)
