"""The convolution that every part of the network is made of."""

from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

# The authors' release (the BVLC model zoo's bvlc_googlenet) starts every convolution's bias at 0.2: without
# normalisation it keeps the rectifiers of 22 layers alive in the first steps.
BIAS = keras.initializers.Constant(0.2)
HE = "he_normal"  # He et al. 2015, arXiv:1502.01852, section 2.2: for layers followed by a rectifier


@dataclass(frozen=True)
class ConvStyle:
    """What follows each convolution before its ReLU.

    Attributes:
        normalization: `none` (the convolution has a bias) or `batch` (it has none, the normalisation shifts).
        momentum: of the moving averages of batch normalisation; Keras's 0.99 needs hundreds of steps to settle.
    """

    normalization: str = "none"
    momentum: float = 0.9


def conv(x: Any, filters: int, kernel: int, name: str, style: ConvStyle, strides: int = 1) -> Any:
    """Convolve with padding, normalise as `style` says, rectify.

    Args:
        x: (batch, height, width, channels).
        filters: output channels.
        kernel: side of the square kernel, in pixels.
        name: of the convolution; the layers after it append to it.
        style: what follows the convolution.
        strides: in both directions.

    Returns:
        (batch, ceil(height / strides), ceil(width / strides), filters).
    """
    if style.normalization == "none":
        return layers.Conv2D(
            filters, kernel, strides, padding="same", activation="relu", bias_initializer=BIAS, name=name
        )(x)
    x = layers.Conv2D(filters, kernel, strides, padding="same", use_bias=False, kernel_initializer=HE, name=name)(x)
    x = layers.BatchNormalization(momentum=style.momentum, name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x)
