"""What a built network costs: weights, multiply-adds, memory."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import keras


@dataclass(frozen=True)
class Cost:
    """Of a layer, or of several together, for one image.

    Attributes:
        parameters: all numbers that are saved, biases and moving statistics included.
        weights: of convolutions and dense layers, without biases, as the paper's Table 1 counts.
        multiply_adds: of convolutions and dense layers, forward, padding included.
        activations: numbers that the layers put out.
    """

    parameters: int = 0
    weights: int = 0
    multiply_adds: int = 0
    activations: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        """Return the cost of both."""
        return Cost(
            self.parameters + other.parameters,
            self.weights + other.weights,
            self.multiply_adds + other.multiply_adds,
            self.activations + other.activations,
        )


def cost_of(layers: Iterable[keras.layers.Layer]) -> Cost:
    """Return what `layers` of a built functional model cost together."""
    return sum((_layer_cost(layer) for layer in layers), Cost())


def cost_in_use(model: keras.Model) -> Cost:
    """Return what `model` costs for one image, each view that it makes of it counted (see `pipeline.model.views`)."""
    one = keras.tree.map_structure(lambda image: keras.Input(batch_shape=(1, *image.shape[1:])), model.input)
    return cost_of(keras.models.clone_model(model, input_tensors=one).layers)


def _layer_cost(layer: keras.layers.Layer) -> Cost:
    images = layer.output.shape[0] or 1
    outputs = images * math.prod(layer.output.shape[1:])
    if not isinstance(layer, keras.layers.Conv2D | keras.layers.Dense):
        return Cost(parameters=layer.count_params(), activations=outputs)
    weights = math.prod(layer.kernel.shape)
    places = math.prod(layer.output.shape[1:-1])  # a dense layer's output has one
    return Cost(layer.count_params(), weights, images * weights * places, outputs)
