"""Several networks as one: the model's answer is the mean of theirs."""

from collections.abc import Sequence
from typing import Any

import keras


def with_members(network: keras.Model, members: Sequence[keras.Model]) -> keras.Model:
    """Return one flat model that averages what `network` and `members` say of an image; all weights are copied.

    The paper tested with the mean of seven networks' softmax (arXiv:1409.4842, section 7). A member that is such a mean
    itself counts as the networks that it is the mean of. `network`'s layers keep their names; those of a member begin
    with `member_1_`, where 1 counts the networks before it.

    Args:
        network: of one input and one output.
        members: models of the same input and output.

    Raises:
        ValueError: a member takes other images, or tells other classes apart.
    """
    if not members:
        return network
    for number, member in enumerate(members, 1):
        if (told := signature(member)) != (wanted := signature(network)):
            raise ValueError(f"member {number} {told}, the network {wanted}")
    answers = _answers(network)
    for member in members:
        answers += _answers(_copied(member, network.inputs[0], f"member_{len(answers)}_"))
    return keras.Model(network.inputs, keras.layers.Average(name="mean_of_networks")(answers), name=network.name)


def signature(model: keras.Model) -> str:
    """Return in words what `model` takes and gives."""
    if len(getattr(model, "inputs", None) or []) != 1 or len(model.outputs) != 1:
        return "is not a model of one input and one output"
    return in_words(model.inputs[0].dtype, model.inputs[0].shape[1:], model.outputs[0].shape[1:])


def in_words(dtype: str, image: Sequence[int | None], answer: Sequence[int | None]) -> str:
    """Return what a model takes and gives that takes one `image` of `dtype`; shapes are without the batch."""
    entering, leaving = ("×".join(str(side) for side in shape) for shape in (image, answer))
    return f"takes {dtype} images of {entering} and gives {leaving} probabilities"


def _answers(model: keras.Model) -> list[Any]:
    last = model.layers[-1]
    return list(last.input) if isinstance(last, keras.layers.Average) else list(model.outputs)


def _copied(member: keras.Model, images: Any, prefix: str) -> keras.Model:
    def renamed(layer: Any) -> Any:
        config = layer.get_config()
        return layer.__class__.from_config(config | {"name": prefix + config["name"]})

    functional = keras.Model(member.inputs, member.outputs)  # a Sequential is not, and an input may be in no list
    copy = keras.models.clone_model(functional, input_tensors=[images], clone_function=renamed)
    copy.set_weights(member.get_weights())
    return copy
