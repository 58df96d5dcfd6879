"""GoogLeNet (Inception v1): Szegedy et al., "Going deeper with convolutions", 2014, arXiv:1409.4842."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import layers

from pipeline.model.inception import inception_module
from pipeline.model.layers import ConvStyle, conv

# Table 1: [1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection] of each inception block.
PAPER_FILTERS: Mapping[str, Sequence[int]] = {
    "inception_3a": (64, 96, 128, 16, 32, 32),
    "inception_3b": (128, 128, 192, 32, 96, 64),
    "inception_4a": (192, 96, 208, 16, 48, 64),
    "inception_4b": (160, 112, 224, 24, 64, 64),
    "inception_4c": (128, 128, 256, 24, 64, 64),
    "inception_4d": (112, 144, 288, 32, 64, 64),
    "inception_4e": (256, 160, 320, 32, 128, 128),
    "inception_5a": (256, 160, 320, 32, 128, 128),
    "inception_5b": (384, 192, 384, 48, 128, 128),
}
STEM = (64, 64, 192)  # Table 1: the 7×7 convolution, the 3×3 reduce, the 3×3 convolution
POOLED_BEFORE = ("inception_4a", "inception_5a")  # Table 1: 3×3 max pooling with stride 2 stands before these
MULTIPLE = 8  # channels are rounded to it when a width other than 1 is asked for


def googlenet(
    input_shape: Sequence[int] = (224, 224, 3),
    num_classes: int = 1000,
    *,
    stem: str = "imagenet",
    normalization: str = "none",
    normalization_momentum: float = 0.9,
    width: float = 1.0,
    dropout: float = 0.4,
    filters: Mapping[str, Sequence[int]] = PAPER_FILTERS,
    classifier_activation: str | None = "softmax",
    name: str = "googlenet",
) -> keras.Model:
    """Build the network, its preprocessing inside: it takes raw pixels, uint8 or float, from 0 to 255.

    With the defaults it is the paper's, without auxiliary classifiers: 6,998,552 parameters.

    Args:
        input_shape: (height, width, channels) of the images.
        num_classes: units of the classifier.
        stem: `imagenet`, as published (stride 8 before 3a), or `small` for images of 16 to 96 pixels (stride 2).
        normalization: `none`, or `batch` after each convolution.
        normalization_momentum: of batch normalisation's moving averages.
        width: multiplies every number of filters (rounded to multiples of 8, at least 8); 1 leaves them alone.
        dropout: fraction dropped before the classifier (the paper: 0.4).
        filters: six numbers for each inception block, by name, in order.
        classifier_activation: `softmax`, or None for logits; computed in float32 under any precision policy.
        name: the model's.

    Returns:
        A functional model from (batch, height, width, channels) to (batch, num_classes).

    Raises:
        ValueError: an unknown stem, or a block whose filters are not six positive numbers.
    """
    if stem not in STEMS:
        raise ValueError(f"stem must be one of {', '.join(STEMS)}, got {stem!r}")
    style = ConvStyle(normalization, normalization_momentum)
    images = layers.Input(tuple(input_shape), dtype="uint8", name="images")
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="preprocessing")(images)
    x = STEMS[stem](x, _scaled(STEM, width), style)
    for block, numbers in filters.items():
        if block in POOLED_BEFORE:
            x = layers.MaxPooling2D(3, 2, padding="same", name=f"pool_before_{block[-2:]}")(x)
        x = inception_module(x, _scaled(numbers, width), block, normalization, normalization_momentum)
    x = layers.GlobalAveragePooling2D(keepdims=True, name="average_pool")(x)
    x = layers.Flatten(name="features")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Dense(num_classes, name="classifier")(x)
    x = layers.Activation(classifier_activation or "linear", dtype="float32", name="probabilities")(x)
    return keras.Model(images, x, name=name)


def _imagenet_stem(x: Any, filters: Sequence[int], style: ConvStyle) -> Any:
    x = conv(x, filters[0], 7, "conv1_7x7", style, strides=2)
    x = layers.MaxPooling2D(3, 2, padding="same", name="pool1")(x)
    x = conv(x, filters[1], 1, "conv2_3x3_reduce", style)
    x = conv(x, filters[2], 3, "conv2_3x3", style)
    return layers.MaxPooling2D(3, 2, padding="same", name="pool2")(x)


def _small_stem(x: Any, filters: Sequence[int], style: ConvStyle) -> Any:
    x = conv(x, filters[0], 3, "conv1_3x3", style)
    x = conv(x, filters[1], 1, "conv2_3x3_reduce", style)
    x = conv(x, filters[2], 3, "conv2_3x3", style)
    return layers.MaxPooling2D(3, 2, padding="same", name="pool2")(x)


STEMS = {"imagenet": _imagenet_stem, "small": _small_stem}


def _scaled(filters: Sequence[int], width: float) -> list[int]:
    if width == 1.0:
        return list(filters)
    return [max(MULTIPLE, round(number * width / MULTIPLE) * MULTIPLE) for number in filters]
