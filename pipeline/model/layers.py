"""The convolution that every part of the network is made of, and the response normalisation of its stem."""

from dataclasses import dataclass
from typing import Any

import keras
from keras import layers, ops

# The authors' release (the BVLC model zoo's bvlc_googlenet) starts every convolution's bias at 0.2: without
# normalisation it keeps the rectifiers of 22 layers alive in the first steps.
BIAS = keras.initializers.Constant(0.2)
HE = "he_normal"  # He et al. 2015, arXiv:1502.01852, section 2.2: for layers followed by a rectifier
# Local response normalisation as in the authors' release: each channel by the five around it, alpha over those five.
NEIGHBOURS, ALPHA, BETA = 5, 1e-4, 0.75
PIXELS = 127.5  # how many times smaller our pixels are than those that ALPHA was chosen for


@dataclass(frozen=True)
class ConvStyle:
    """What follows each convolution.

    Attributes:
        normalization: `batch` (the convolution has no bias, the normalisation shifts); otherwise nothing.
        momentum: of the moving averages of batch normalisation; Keras's 0.99 needs hundreds of steps to settle.
        activation: Keras's name of the activation.
        normalization_layer: the class that normalises a batch.
        convolution_layer: the class that convolves.
    """

    normalization: str = "none"
    momentum: float = 0.9
    activation: str = "relu"
    normalization_layer: type[layers.BatchNormalization] = layers.BatchNormalization
    convolution_layer: type[layers.Conv2D] = layers.Conv2D


def conv(x: Any, filters: int, kernel: int, name: str, style: ConvStyle, strides: int = 1) -> Any:
    """Convolve with padding, normalise as `style` says, activate.

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
    if style.normalization != "batch":
        return style.convolution_layer(
            filters, kernel, strides, padding="same", activation=style.activation, bias_initializer=BIAS, name=name
        )(x)
    x = style.convolution_layer(
        filters, kernel, strides, padding="same", use_bias=False, kernel_initializer=HE, name=name
    )(x)
    x = style.normalization_layer(momentum=style.momentum, name=f"{name}_bn")(x)
    return layers.Activation(style.activation, name=f"{name}_{style.activation}")(x)


def local_response_normalization(x: Any) -> Any:
    """Divide each value by (1 + alpha / 5 · the sum of squares of the five channels around it) ^ beta.

    Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural networks", section 3.3, with the
    constants of the authors' release of GoogLeNet in Caffe, which divides alpha by the number of neighbours. Its pixels
    are 127.5 times larger than ours of -1 to 1, and so are its activations: alpha times 127.5 squared does to ours what
    alpha does to them. Computed in float32: in bfloat16, 1 + x is 1 for small x. Made of Keras's operations, not a
    layer of our own, so that a saved model loads without this code.

    Args:
        x: (batch, height, width, channels).
    """
    channels, around = x.shape[-1], NEIGHBOURS // 2
    wide = ops.cast(x, "float32")
    squares = ops.pad(ops.square(wide), ((0, 0), (0, 0), (0, 0), (around, around)))
    total = squares[..., :channels]
    for shift in range(1, NEIGHBOURS):
        total = total + squares[..., shift : shift + channels]
    return ops.cast(wide * ops.power(1.0 + ALPHA * PIXELS**2 / NEIGHBOURS * total, -BETA), x.dtype)
