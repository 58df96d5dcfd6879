"""The configured network."""

from collections.abc import Sequence

import keras

from pipeline.config.schema.model_schema import ModelConfig
from pipeline.model import googlenet
from pipeline.training.engine.fused_layers import batch_norm_layer, convolution_layer


def build_network(
    config: ModelConfig, shape: Sequence[int], classes: int, steps: int, *, fast: bool = False
) -> keras.Model:
    """Return the network that `config` describes.

    Args:
        config: which network.
        shape: (height, width, channels) of the images.
        classes: number of classes.
        steps: batches per epoch; batch normalization's momentum follows from it if it is not set.
        fast: use the layers that train fastest on this machine, instead of Keras's own.
    """
    momentum = config.normalization_momentum
    return googlenet(
        shape,
        classes,
        stem=config.stem,
        normalization=config.normalization,
        normalization_momentum=batch_norm_momentum(steps) if momentum is None else momentum,
        normalization_layer=batch_norm_layer() if fast else keras.layers.BatchNormalization,
        convolution_layer=convolution_layer() if fast else keras.layers.Conv2D,
        auxiliary_heads=config.auxiliary_heads,
        activation=config.activation,
        width=config.width,
        dropout=config.dropout,
        filters=config.filters,
        name=config.name,
    )


def batch_norm_momentum(steps: int) -> float:
    """Return a momentum whose averages span a tenth of an epoch of `steps`, from 0.9 up to Keras's default of 0.99.

    With 0.99 and 23 steps per epoch, a sixth of the initial values is still in the averages after eight epochs.
    """
    return min(max(1.0 - 10.0 / steps, 0.9), 0.99)
