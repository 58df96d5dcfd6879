"""Trained weights to start from, and weights to leave as they are."""

from pathlib import Path

import keras

from pipeline.base.errors import PipelineError
from pipeline.training.load import load_network

STEM = ("conv1", "conv2")  # what the names of the stem's layers begin with


def start_from(model: keras.Model, file: Path) -> list[str]:
    """Give `model` the weights that the layers of the same names have in the `.keras` file `file`.

    A classifier made for another number of classes, and auxiliary classifiers that the file lacks, keep their fresh
    weights (Yosinski et al. 2014, arXiv:1411.1792: all but the last layer carry over).

    Returns:
        The names of the layers that keep fresh weights.

    Raises:
        PipelineError: `file` is no Keras model, or of another network.
    """
    source = load_network(file, "model.init_from")
    trained = {layer.name: layer.get_weights() for layer in source.layers if layer.weights}
    fresh = []
    for layer in model.layers:
        wanted = [tuple(weight.shape) for weight in layer.weights]
        found = [weight.shape for weight in trained.get(layer.name, [])]
        if wanted == found:
            layer.set_weights(trained.get(layer.name, []))
        elif layer.name == "classifier" or layer.name.startswith("auxiliary_"):
            fresh.append(layer.name)
        else:
            raise PipelineError(_mismatch(layer.name, wanted, found, file))
    return fresh


def freeze_up_to(model: keras.Model, block: str) -> None:
    """Make all layers from the input to `block` (`stem`, or an inception block's name) keep their weights.

    Frozen batch normalisations use their averages and do not move them.
    """
    blocks = list(dict.fromkeys("_".join(layer.name.split("_")[:2]) for layer in model.layers if _in_block(layer.name)))
    frozen = STEM if block == "stem" else (*STEM, *(f"{name}_" for name in blocks[: blocks.index(block) + 1]))
    for layer in model.layers:
        if layer.name.startswith(frozen):
            layer.trainable = False


def _in_block(name: str) -> bool:
    return name.startswith("inception_")


def _mismatch(layer: str, wanted: list[tuple[int, ...]], found: list[tuple[int, ...]], file: Path) -> str:
    there = f"has {found}" if found else "is not there"
    return (
        f"model.init_from: {file} is of another network: layer {layer} needs weights of shapes {wanted}, in the file "
        f"it {there}; choose the data.channels and the model's stem, normalization, width and filters that it was "
        "trained with"
    )
