"""A built network's parts in order."""

from collections.abc import Iterator

import keras

from pipeline.model.measured_cost import measured_cost
from pipeline.topology.parts import Part

PREFIXES = (  # of the names of a part's layers, and the part's name
    ("preprocessing", "preprocessing"),
    ("conv1", "convolution 1"),
    ("pool1", "max pool 1"),
    ("conv2", "convolution 2"),
    ("pool2", "max pool 2"),
    ("inception_", "inception"),
    ("pool_before", "max pool"),
    ("auxiliary", "auxiliary"),
    ("average_pool", "average pool"),
    ("features", "dropout"),
    ("dropout", "dropout"),
    ("classifier", "classifier"),
    ("probabilities", "probabilities"),
)


def network_parts(model: keras.Model) -> list[Part]:
    """Return the parts of a network that `googlenet` built, in order.

    Layers with other names count with the part before them. A module's output is that of its last layer, the
    concatenation.
    """
    grouped: dict[str, list[keras.layers.Layer]] = {}
    for name, layer in _named_layers(model):
        grouped.setdefault(name, []).append(layer)
    return [Part(name, tuple(group[-1].output.shape[1:]), measured_cost(group)) for name, group in grouped.items()]


def _named_layers(model: keras.Model) -> Iterator[tuple[str, keras.layers.Layer]]:
    current = "preprocessing"
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer) or not isinstance(layer, keras.layers.Layer):
            continue
        part = next((part for prefix, part in PREFIXES if layer.name.startswith(prefix)), None)
        if part in ("inception", "auxiliary"):
            current = f"{part} {layer.name.split('_')[1]}"
        elif part == "max pool":
            current = f"max pool before {layer.name[-2:]}"
        elif part:
            current = part
        yield current, layer
