"""The features of an image: what a network's last average pooling returns, from which its classifier computes."""

from typing import Any

import keras
from keras import ops

from pipeline.model.class_maps import FIRST, POOL

NAME = "pooled_features"


def pooled_features(network: keras.Model) -> Any | None:
    """Return the pooled features as a Keras tensor, (batch, 1, features), or None where the network has none.

    For an ensemble they are those of its networks side by side, for mirrored views the mean over the views.

    Args:
        network: a model of `pipeline.model.googlenet`, with or without views and ensemble members.
    """
    prefixes = [layer.name.removesuffix(POOL) for layer in network.layers if layer.name.endswith(POOL)]
    if not prefixes:
        return None
    mirrored = [network.get_layer(prefix + FIRST).input is not network.inputs[0] for prefix in prefixes]

    def side_by_side(pooled: Any) -> Any:
        vectors = [_vector(one, views) for one, views in zip(pooled, mirrored, strict=True)]
        return ops.concatenate(vectors, axis=2)

    # One layer: the names of separate operations could be those of operations in a network that comes from a file.
    # In float32, whatever precision the process trains with.
    layer = keras.layers.Lambda(side_by_side, name=NAME, dtype="float32")
    return layer([network.get_layer(one + POOL).output for one in prefixes])


def _vector(pooled: Any, mirrored: bool) -> Any:
    """Return (batch, 1, features) of (views × batch, 1, 1, features)."""
    vectors = ops.reshape(pooled, (-1, 1, pooled.shape[-1]))
    if not mirrored:
        return vectors
    return ops.mean(ops.reshape(vectors, (2, -1, 1, pooled.shape[-1])), axis=0)
