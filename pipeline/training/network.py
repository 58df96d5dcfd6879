"""The configured network."""

from collections.abc import Sequence

import keras

from pipeline.config.schema import ModelConfig
from pipeline.model import googlenet
from pipeline.training.fast import fast_convolution, fast_normalization


def build(config: ModelConfig, shape: Sequence[int], classes: int, steps: int, *, fast: bool = False) -> keras.Model:
    """Return the network that `config` describes.

    Args:
        config: which network.
        shape: (height, width, channels) of the images.
        classes: how many.
        steps: batches per epoch, which a momentum left open follows.
        fast: of the layers that train fastest on this machine, instead of Keras's own.
    """
    momentum = config.normalization_momentum
    return googlenet(
        shape,
        classes,
        stem=config.stem,
        normalization=config.normalization,
        normalization_momentum=normalization_momentum(steps) if momentum is None else momentum,
        normalization_layer=fast_normalization() if fast else keras.layers.BatchNormalization,
        convolution_layer=fast_convolution() if fast else keras.layers.Conv2D,
        auxiliary_heads=config.auxiliary_heads,
        activation=config.activation,
        width=config.width,
        dropout=config.dropout,
        filters=config.filters,
        name=config.name,
    )


def normalization_momentum(steps: int) -> float:
    """Return a momentum whose averages span a tenth of an epoch of `steps`, from 0.9 up to Keras's own 0.99.

    With 0.99 and 23 steps an epoch, the averages of eight epochs still hold a sixth of the values they started from,
    and validation stays at chance.
    """
    return min(max(1.0 - 10.0 / steps, 0.9), 0.99)
