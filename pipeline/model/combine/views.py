"""Several views of each image: the model's prediction is the mean of its predictions for them."""

from typing import Any

import keras
from keras import ops

VIEWS = {"one": 1, "mirrored": 2}


def with_views(network: keras.Model, views: str) -> keras.Model:
    """Return a copy of `network`, weights included, that averages its predictions over views of each image.

    The paper averages the softmax over 144 crops (arXiv:1409.4842, section 7); `mirrored` is the two views that images
    of one size have: as they are, and mirrored left to right. The layers inside see all views in one batch, (views ×
    batch, …); the model's input and output keep their shapes.

    Args:
        network: of one input, (batch, height, width, channels), and one output, (batch, classes).
        views: a name of `VIEWS`.

    Raises:
        ValueError: unknown `views`.
    """
    if views not in VIEWS:
        raise ValueError(f"views must be one of {', '.join(VIEWS)}, got {views!r}")
    if VIEWS[views] == 1:
        return network
    first, last = network.layers[1].name, network.layers[-1].name

    def call(layer: Any, *inputs: Any, **options: Any) -> Any:
        if layer.name == first:
            inputs = (ops.concatenate([inputs[0], ops.flip(inputs[0], axis=2)], axis=0),)
        outputs = layer(*inputs, **options)
        return _mean_over_views(outputs, VIEWS[views]) if layer.name == last else outputs

    copy = keras.models.clone_model(network, call_function=call)
    copy.set_weights(network.get_weights())
    return copy


def _mean_over_views(outputs: Any, views: int) -> Any:
    return ops.mean(ops.reshape(outputs, (views, -1, outputs.shape[-1])), axis=0)
