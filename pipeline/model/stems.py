"""What stands before the first inception module."""

from collections.abc import Sequence
from typing import Any

from keras import layers

from pipeline.model.layers import ConvStyle, conv, local_response_normalization


def imagenet_stem(x: Any, filters: Sequence[int], style: ConvStyle) -> Any:
    """Return `x` an eighth as high and wide: Table 1's first five rows, normalised as published where asked for."""
    x = conv(x, filters[0], 7, "conv1_7x7", style, strides=2)
    x = layers.MaxPooling2D(3, 2, padding="same", name="pool1")(x)
    if style.normalization == "lrn":
        x = local_response_normalization(x)
    x = _second(x, filters, style)
    return layers.MaxPooling2D(3, 2, padding="same", name="pool2")(x)


def small_stem(x: Any, filters: Sequence[int], style: ConvStyle) -> Any:
    """Return `x` half as high and wide, for images of 16 to 96 pixels: `tiny_stem`, then the second pooling."""
    return layers.MaxPooling2D(3, 2, padding="same", name="pool2")(tiny_stem(x, filters, style))


def tiny_stem(x: Any, filters: Sequence[int], style: ConvStyle) -> Any:
    """Return `x` as high and wide, for images of 8 to 48 pixels: a 3×3 convolution without stride, and no pooling."""
    return _second(conv(x, filters[0], 3, "conv1_3x3", style), filters, style)


def _second(x: Any, filters: Sequence[int], style: ConvStyle) -> Any:
    x = conv(x, filters[1], 1, "conv2_3x3_reduce", style)
    x = conv(x, filters[2], 3, "conv2_3x3", style)
    return local_response_normalization(x) if style.normalization == "lrn" else x


STEMS = {"imagenet": imagenet_stem, "small": small_stem, "tiny": tiny_stem}
