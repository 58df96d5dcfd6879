"""The layers before the first inception block, built from the table of stems."""

from typing import Any

from keras import layers

from pipeline.model.layers import ConvStyle, conv, local_response_normalization
from pipeline.topology.blocks import scale_width
from pipeline.topology.stems import Convolution, MaxPool, Stem


def apply_stem(x: Any, stem: Stem, width: float, style: ConvStyle) -> Any:
    """Apply the layers of `stem` to `x`.

    Args:
        x: (batch, height, width, channels).
        stem: an entry of `STEMS`.
        width: multiplies every number of filters.
        style: what follows each convolution; response normalization only if `style.normalization` is `lrn`.

    Returns:
        (batch, ceil(height / stem.stride), ceil(width / stem.stride), filters of its last convolution).
    """
    for layer in stem.layers:
        if isinstance(layer, Convolution):
            x = conv(x, scale_width(layer.filters, width), layer.kernel, layer.name, style, strides=layer.stride)
        elif isinstance(layer, MaxPool):
            x = layers.MaxPooling2D(3, layer.stride, padding="same", name=layer.name)(x)
        elif style.normalization == "lrn":
            x = local_response_normalization(x)
    return x
