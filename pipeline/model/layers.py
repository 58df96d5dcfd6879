"""The convolution that every part of the network is made of, and the response normalization of its stem."""

from dataclasses import dataclass
from typing import Any

import keras
from keras import layers, ops

# The authors' release (the BVLC model zoo's bvlc_googlenet) starts every convolution's bias at 0.2: without
# normalization this keeps the ReLUs of 22 layers active in the first steps.
BIAS = keras.initializers.Constant(0.2)
HE = "he_normal"  # He et al. 2015, arXiv:1502.01852, section 2.2: for layers followed by a ReLU
# Local response normalization as in the authors' release: each channel by the five around it, alpha over those five.
NEIGHBORS, ALPHA, BETA = 5, 1e-4, 0.75
PIXELS = 127.5  # our pixels are this many times smaller than those that ALPHA was chosen for


@dataclass(frozen=True)
class ConvStyle:
    """What follows each convolution.

    Attributes:
        normalization: `batch` (then the convolution has no bias); any other value adds no layer.
        momentum: momentum of batch normalization's moving averages; Keras's 0.99 needs hundreds of steps to settle.
        activation: Keras's name of the activation.
        normalization_layer: class of the batch normalization.
        convolution_layer: class of the convolution.
    """

    normalization: str = "none"
    momentum: float = 0.9
    activation: str = "relu"
    normalization_layer: type[layers.BatchNormalization] = layers.BatchNormalization
    convolution_layer: type[layers.Conv2D] = layers.Conv2D


def conv(x: Any, filters: int, kernel: int, name: str, style: ConvStyle, strides: int = 1) -> Any:
    """Convolve with padding, normalize as `style` says, activate.

    Args:
        x: (batch, height, width, channels).
        filters: output channels.
        kernel: side of the square kernel, in pixels.
        name: name of the convolution; the layers after it append to it.
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
    """Divide each value by (1 + alpha / 5 · sum of squares of the five channels around it) ^ beta.

    Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural networks", section 3.3, with the
    constants of the authors' release of GoogLeNet in Caffe, which divides alpha by the number of neighbors. Its pixels
    are 127.5 times larger than ours of -1 to 1, and so are its activations: alpha times 127.5 squared has the same
    effect on ours. Computed in float32: in bfloat16, 1 + x rounds to 1 for small x. Made of Keras operations, not of a
    custom layer, so that a saved model loads without this code.

    Args:
        x: (batch, height, width, channels).

    Returns:
        The same shape and dtype.
    """
    channels, around = x.shape[-1], NEIGHBORS // 2
    wide = ops.cast(x, "float32")
    squares = ops.pad(ops.square(wide), ((0, 0), (0, 0), (0, 0), (around, around)))
    total = squares[..., :channels]
    for shift in range(1, NEIGHBORS):
        total = total + squares[..., shift : shift + channels]
    return ops.cast(wide * ops.power(1.0 + ALPHA * PIXELS**2 / NEIGHBORS * total, -BETA), x.dtype)
