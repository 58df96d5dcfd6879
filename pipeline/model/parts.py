"""The network's parts in order, as the paper's Table 1 lists them."""

from collections.abc import Iterator
from dataclasses import dataclass

import keras

from pipeline.model.cost import Cost, cost_of

STARTS = (  # what the names of a part's layers begin with, and the part's name
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


@dataclass(frozen=True)
class Part:
    """A row of the table.

    Attributes:
        name: such as `inception 3a`.
        output: (height, width, channels), or (units,).
        cost: for one image.
    """

    name: str
    output: tuple[int, ...]
    cost: Cost


def parts(model: keras.Model) -> list[Part]:
    """Return the parts of a network that `googlenet` built, in order; what has no name of ours joins the part before.

    A module's output is that of its last layer in order, the concatenation.
    """
    grouped: dict[str, list[keras.layers.Layer]] = {}
    for name, layer in _named(model):
        grouped.setdefault(name, []).append(layer)
    return [Part(name, tuple(group[-1].output.shape[1:]), cost_of(group)) for name, group in grouped.items()]


def _named(model: keras.Model) -> Iterator[tuple[str, keras.layers.Layer]]:
    current = "preprocessing"
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer) or not isinstance(layer, keras.layers.Layer):
            continue
        found = next((part for start, part in STARTS if layer.name.startswith(start)), None)
        if found in ("inception", "auxiliary"):
            current = f"{found} {layer.name.split('_')[1]}"
        elif found == "max pool":
            current = f"max pool before {layer.name[-2:]}"
        elif found:
            current = found
        yield current, layer
