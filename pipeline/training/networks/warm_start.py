"""Initial weights from a trained network, and layers frozen at them."""

from pathlib import Path

import keras

from pipeline.base.errors import UntrainableError
from pipeline.training.networks.load_network import load_network

STEM = ("conv1", "conv2")  # prefixes of the names of the stem's layers


def load_initial_weights(model: keras.Model, file: Path) -> list[str]:
    """Assign `model` the weights that the layers of the same names have in `file`.

    A classifier for another number of classes, and auxiliary classifiers that the file lacks, keep their random
    weights (Yosinski et al. 2014, arXiv:1411.1792: all but the last layer transfer).

    Args:
        model: the network to train.
        file: a `.keras` file.

    Returns:
        The names of the layers that keep random weights.

    Raises:
        UntrainableError: `file` is an incompatible model.
        PipelineError: `file` is not a Keras model.
    """
    source = load_network(file, "model.init_from")
    trained = {layer.name: layer.get_weights() for layer in source.layers if layer.weights}
    fresh = []
    for layer in model.layers:
        needed = [tuple(weight.shape) for weight in layer.weights]
        present = [weight.shape for weight in trained.get(layer.name, [])]
        if needed == present:
            layer.set_weights(trained.get(layer.name, []))
        elif layer.name == "classifier" or layer.name.startswith("auxiliary_"):
            fresh.append(layer.name)
        else:
            raise UntrainableError(_mismatch(layer.name, needed, present, file))
    return fresh


def freeze_up_to(model: keras.Model, block: str) -> None:
    """Freeze all layers from the input to `block` (`stem`, or an inception block's name).

    Frozen batch normalization uses its moving averages and does not update them.
    """
    blocks = list(dict.fromkeys("_".join(layer.name.split("_")[:2]) for layer in model.layers if _in_block(layer.name)))
    frozen = STEM if block == "stem" else (*STEM, *(f"{name}_" for name in blocks[: blocks.index(block) + 1]))
    for layer in model.layers:
        if layer.name.startswith(frozen):
            layer.trainable = False


def _in_block(name: str) -> bool:
    return name.startswith("inception_")


def _mismatch(layer: str, needed: list[tuple[int, ...]], present: list[tuple[int, ...]], file: Path) -> str:
    actual = f"has {present}" if present else "is missing"
    return (
        f"model.init_from: {file} is incompatible with the network: layer {layer} needs weights of shapes {needed}, in "
        f"the file it {actual}; choose the data.channels and the model's stem, normalization, width and filters that "
        "it was trained with"
    )
