"""Class activation maps: where in an image the evidence for each class lies (Zhou et al. 2016, arXiv:1512.04150)."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

FIRST, POOL, CLASSIFIER = "preprocessing", "average_pool", "classifier"  # layers' names; a member's have a prefix
NAME = "class_maps"


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
    branches = [_Branch(network, prefix) for prefix in prefixes]

    def mean_maps(features: Sequence[Any]) -> Any:
        maps = [branch.maps(some) for branch, some in zip(branches, features, strict=True)]
        return ops.mean(ops.stack(maps), axis=0) if len(maps) > 1 else maps[0]

    # One layer: the names of separate operations could be those of operations in a network that comes from a file.
    # In float32, whatever precision the process trains with.
    return keras.layers.Lambda(mean_maps, name=NAME, dtype="float32")([branch.features for branch in branches])


class _Branch:
    """One network, or one of an ensemble."""

    def __init__(self, network: keras.Model, prefix: str) -> None:
        self.features = network.get_layer(prefix + POOL).input
        self._kernel = network.get_layer(prefix + CLASSIFIER).kernel
        self._mirrored = network.get_layer(prefix + FIRST).input is not network.inputs[0]

    def maps(self, features: Any) -> Any:
        maps = ops.tensordot(features, self._kernel, axes=1)
        if not self._mirrored:
            return maps
        views = ops.reshape(maps, (2, -1, *maps.shape[1:]))  # as `with_views` concatenates them: as it is, and mirrored
        return ops.mean(ops.stack([views[0], ops.flip(views[1], axis=2)]), axis=0)
