"""The configured network."""

from collections.abc import Sequence

import keras

from pipeline.config.schema import ModelConfig
from pipeline.model import googlenet


def build(config: ModelConfig, shape: Sequence[int], classes: int, steps: int) -> keras.Model:
    """Return the network that `config` describes, for images of `shape` (height, width, channels)."""
    return googlenet(
        shape,
        classes,
        stem=config.stem,
        normalization=config.normalization,
        normalization_momentum=min(max(1 - 10 / steps, 0.9), 0.99),
        width=config.width,
        dropout=config.dropout,
        filters=config.filters,
        name=config.name,
    )
