"""What plain Keras is measured with: arrays in memory, and the configured network with Keras's defaults.

Import TensorFlow before these functions are called (`pipeline.base.tensorflow_import`).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.config.schema.pipeline_schema import Config
from pipeline.data.dataset import Dataset
from pipeline.data.loader import one_hot
from pipeline.data.record import Split

MOMENTUM = 0.99  # of keras.layers.BatchNormalization if none is given


def split_arrays(dataset: Dataset, split: Split) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return the images of a split, uint8 (n, height, width, channels), and one-hot targets, float32 (n, classes)."""
    positions, labels = dataset.indices(split)
    return dataset.shards.take(positions), one_hot(labels, len(dataset.info.classes))


def baseline_network(config: Config, dataset: Dataset) -> Any:
    """Return the configured network in Keras's own layers, compiled as a first program does: Adam, default momentum."""
    from pipeline.training.networks.build_network import build_network

    network = config.model.model_copy(update={"normalization_momentum": MOMENTUM})
    model = build_network(network, dataset.info.shape, len(dataset.info.classes), steps=1)
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model
