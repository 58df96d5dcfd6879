"""Several networks as one model: its prediction is the mean of theirs."""

from collections.abc import Sequence
from typing import Any

import keras


def with_ensemble(network: keras.Model, members: Sequence[keras.Model]) -> keras.Model:
    """Return one flat model that averages the predictions of `network` and `members`; all weights are copied.

    The paper averages the softmax of seven networks (arXiv:1409.4842, section 7). A member that is an ensemble itself
    counts as its networks. The layers of `network` keep their names; those of a member begin with `member_1_`, where
    the number counts the networks before it.

    Args:
        network: of one input and one output.
        members: models of the same input and output.

    Raises:
        ValueError: a member takes other images or predicts other classes.
    """
    if not members:
        return network
    for number, member in enumerate(members, 1):
        if (actual := signature_text(member)) != (expected := signature_text(network)):
            raise ValueError(f"member {number} {actual}, the network {expected}")
    predictions = _predictions(network)
    for member in members:
        predictions += _predictions(_copy(member, network.inputs[0], f"member_{len(predictions)}_"))
    return keras.Model(network.inputs, keras.layers.Average(name="mean_of_networks")(predictions), name=network.name)


def signature_text(model: keras.Model) -> str:
    """Return in words what `model` takes and returns."""
    if len(getattr(model, "inputs", None) or []) != 1 or len(model.outputs) != 1:
        return "is not a model of one input and one output"
    return describe_signature(model.inputs[0].dtype, model.inputs[0].shape[1:], model.outputs[0].shape[1:])


def describe_signature(dtype: str, image: Sequence[int | None], prediction: Sequence[int | None]) -> str:
    """Return in words what a model takes and returns.

    Args:
        dtype: of the images.
        image: shape of one image, without the batch.
        prediction: shape of one prediction, without the batch.
    """
    entering, leaving = ("×".join(str(side) for side in shape) for shape in (image, prediction))
    return f"takes {dtype} images of {entering} and returns {leaving} probabilities"


def _predictions(network: keras.Model) -> list[Any]:
    last = network.layers[-1]
    return list(last.input) if isinstance(last, keras.layers.Average) else list(network.outputs)


def _copy(member: keras.Model, images: Any, prefix: str) -> keras.Model:
    def renamed(layer: Any) -> Any:
        config = layer.get_config()
        return layer.__class__.from_config(config | {"name": prefix + config["name"]})

    functional = keras.Model(member.inputs, member.outputs)  # a Sequential is not, and an input may be in no list
    copy = keras.models.clone_model(functional, input_tensors=[images], clone_function=renamed)
    copy.set_weights(member.get_weights())
    return copy
