"""What a built network costs: weights, multiply-adds, memory."""

import math
from collections.abc import Iterable

import keras

from pipeline.topology.planned_cost import Cost


def measured_cost(layers: Iterable[keras.layers.Layer]) -> Cost:
    """Return the cost of `layers` of a built functional model together."""
    return sum((_layer_cost(layer) for layer in layers), Cost())


def inference_cost(model: keras.Model) -> Cost:
    """Return the cost of one prediction of `model`, each view and each network of it counted."""
    one = keras.tree.map_structure(lambda image: keras.Input(batch_shape=(1, *image.shape[1:])), model.input)
    return measured_cost(keras.models.clone_model(model, input_tensors=one).layers)


def _layer_cost(layer: keras.layers.Layer) -> Cost:
    images = layer.output.shape[0] or 1
    outputs = images * math.prod(layer.output.shape[1:])
    if not isinstance(layer, keras.layers.Conv2D | keras.layers.Dense):
        return Cost(parameters=layer.count_params(), activations=outputs)
    weights = math.prod(layer.kernel.shape)
    places = math.prod(layer.output.shape[1:-1])  # a dense layer's output has one
    return Cost(layer.count_params(), weights, images * weights * places, outputs)
