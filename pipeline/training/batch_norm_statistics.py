"""Batch normalization's statistics, recomputed for a model's present weights."""

from collections.abc import Callable, Iterable
from typing import Any

import keras


def training_forward(model: keras.Model) -> Callable[[Any], None]:
    """Return the forward pass of `model` in training mode, for images uint8 (batch, height, width, channels)."""
    import tensorflow as tf

    # An unknown batch size, as in the training step, for sums that do not depend on threads (pipeline/data/loader.py).
    @tf.function(input_signature=[tf.TensorSpec(model.inputs[0].shape, tf.uint8)])  # type: ignore[untyped-decorator]
    def forward(images: Any) -> None:
        model(images, training=True)

    return forward  # type: ignore[no-any-return]


def recompute_statistics(model: keras.Model, forward: Callable[[Any], Any], images: Iterable[Any]) -> None:
    """Replace the moving averages of `model`'s batch normalization by the mean of the batches' statistics.

    Moving averages remember the weights of many steps; these statistics are of the present weights (Wu & Johnson 2021,
    arXiv:2105.07576, section 3). Frozen layers keep theirs.

    Args:
        model: its random states advance, its other weights stay.
        forward: `training_forward(model)`.
        images: at least one batch, uint8 (batch, height, width, channels).
    """
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization) and layer.trainable]
    if not layers:
        return
    averages = [(average, layer) for layer in layers for average in (layer.moving_mean, layer.moving_variance)]
    sums, batches = [0.0] * len(averages), 0
    for batch in images:
        for average, _ in averages:
            average.assign(keras.ops.zeros_like(average))
        forward(batch)  # an average that was 0 becomes the batch's statistic, times 1 less the layer's momentum
        sums = [total + keras.ops.convert_to_numpy(average) for total, (average, _) in zip(sums, averages, strict=True)]
        batches += 1
    for total, (average, layer) in zip(sums, averages, strict=True):
        average.assign(total / (batches * (1.0 - layer.momentum)))
