"""The classifiers at the end and, for training, in the middle of the network."""

from collections.abc import Callable
from typing import Any

import keras
from keras import layers

from pipeline.model.layers import ConvStyle, conv

HEADS_AFTER = ("inception_4a", "inception_4d")  # arXiv:1409.4842, section 5
POOL, STRIDE, CONV, DENSE, DROPOUT = 5, 3, 128, 1024, 0.7  # the same section's


def classifier(x: Any, classes: int, dropout: float, activation: str | None) -> Any:
    """Average (batch, height, width, channels) over the image, drop, classify; float32 from the classifier on."""
    x = layers.GlobalAveragePooling2D(keepdims=True, name="average_pool")(x)
    x = layers.Flatten(name="features")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Dense(classes, dtype="float32", name="classifier")(x)
    return layers.Activation(activation or "linear", dtype="float32", name="probabilities")(x)


def auxiliary_classifier(
    x: Any, block: str, classes: int, style: ConvStyle, scaled: Callable[[int], int], activation: str | None
) -> Any:
    """Classify the output of an inception module, as the paper does to push gradients into the middle.

    Args:
        x: (batch, height, width, channels), at least 5×5 pixels.
        block: the module's name.
        classes: units of the classifier.
        style: what follows its convolution.
        scaled: what the network's width makes of a number of filters.
        activation: `softmax`, or None for logits.
    """
    name = f"auxiliary_{block[-2:]}"
    x = layers.AveragePooling2D(POOL, STRIDE, name=f"{name}_pool")(x)
    x = conv(x, scaled(CONV), 1, f"{name}_conv", style)
    x = layers.Flatten(name=f"{name}_features")(x)
    x = layers.Dense(scaled(DENSE), activation=style.activation, name=f"{name}_dense")(x)
    x = layers.Dropout(DROPOUT, name=f"{name}_dropout")(x)
    x = layers.Dense(classes, dtype="float32", name=f"{name}_classifier")(x)
    return layers.Activation(activation or "linear", dtype="float32", name=name)(x)


def without_heads(model: keras.Model) -> keras.Model:
    """Return the network that `model` is in use, sharing its weights: its first output only."""
    return model if len(model.outputs) == 1 else keras.Model(model.inputs, model.outputs[0], name=model.name)
