"""Batch normalisation's statistics, taken for the weights that a model has now."""

from collections.abc import Callable, Iterable
from typing import Any

import keras


def in_training(model: keras.Model) -> Callable[[Any], None]:
    """Return `model` as in training, for batches of images, uint8 (batch, height, width, channels), as one graph."""
    import tensorflow as tf

    # of no fixed batch size, as the training step, for sums that do not depend on threads (pipeline/data/loader.py)
    @tf.function(input_signature=[tf.TensorSpec(model.inputs[0].shape, tf.uint8)])  # type: ignore[untyped-decorator]
    def forward(images: Any) -> None:
        model(images, training=True)

    return forward  # type: ignore[no-any-return]


def take_statistics(model: keras.Model, forward: Callable[[Any], Any], images: Iterable[Any]) -> None:
    """Replace the moving averages of `model`'s batch normalisation by the mean of the batches' statistics.

    Moving averages remember the weights of many steps; these are of the present ones (Wu & Johnson 2021,
    arXiv:2105.07576, section 3). Frozen layers keep what they have.

    Args:
        model: its random draws move on, its other weights stay.
        forward: `in_training(model)`.
        images: at least one batch.
    """
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization) and layer.trainable]
    if not layers:
        return
    averages = [(average, layer) for layer in layers for average in (layer.moving_mean, layer.moving_variance)]
    sums, batches = [0.0] * len(averages), 0
    for batch in images:
        for average, _ in averages:
            average.assign(keras.ops.zeros_like(average))
        forward(batch)  # an average that was 0 now is the batch's statistic, times one less the layer's momentum
        sums = [total + keras.ops.convert_to_numpy(average) for total, (average, _) in zip(sums, averages, strict=True)]
        batches += 1
    for total, (average, layer) in zip(sums, averages, strict=True):
        average.assign(total / (batches * (1.0 - layer.momentum)))
