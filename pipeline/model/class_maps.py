"""Class activation maps: where in an image the evidence for each class lies (Zhou et al. 2016, arXiv:1512.04150)."""

from typing import Any

import keras
from keras import ops

FIRST, POOL, CLASSIFIER = "preprocessing", "average_pool", "classifier"  # layers' names; a member's have a prefix


def class_maps(network: keras.Model) -> Any | None:
    """Return class activation maps as a Keras tensor, (batch, rows, columns, classes), or None.

    For a network that ends in average pooling and one dense layer they are exact: a map's mean plus the class's bias
    is the class's logit. For an ensemble they are the mean over its networks, for mirrored views the mean over the
    views, mirrored back. Other networks have none.

    Args:
        network: a model of `pipeline.model.googlenet`, with or without views and ensemble members.
    """
    prefixes = [layer.name.removesuffix(POOL) for layer in network.layers if layer.name.endswith(POOL)]
    names = {layer.name for layer in network.layers}
    if not prefixes or any(prefix + CLASSIFIER not in names for prefix in prefixes):
        return None
    maps = [_maps(network, prefix) for prefix in prefixes]
    return ops.mean(ops.stack(maps), axis=0) if len(maps) > 1 else maps[0]


def _maps(network: keras.Model, prefix: str) -> Any:
    features = network.get_layer(prefix + POOL).input
    maps = ops.tensordot(features, network.get_layer(prefix + CLASSIFIER).kernel, axes=1)
    if network.get_layer(prefix + FIRST).input is network.inputs[0]:
        return maps
    views = ops.reshape(maps, (2, -1, *maps.shape[1:]))  # as `with_views` concatenates them: as it is, and mirrored
    return ops.mean(ops.stack([views[0], ops.flip(views[1], axis=2)]), axis=0)
