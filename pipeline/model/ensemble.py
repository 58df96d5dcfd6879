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
        if (told := _signature(member)) != (wanted := _signature(network)):
            raise ValueError(f"member {number} takes and gives {told}, the network {wanted}")
    answers = _answers(network)
    for member in members:
        answers += _answers(_copied(member, network.inputs[0], f"member_{len(answers)}_"))
    return keras.Model(network.inputs, keras.layers.Average(name="mean_of_networks")(answers), name=network.name)


def _signature(model: keras.Model) -> str:
    entering, leaving = model.inputs[0], model.outputs[0]
    return f"{entering.dtype} {entering.shape[1:]} -> {leaving.shape[1:]}"


def _answers(model: keras.Model) -> list[Any]:
    last = model.layers[-1]
    return list(last.input) if isinstance(last, keras.layers.Average) else list(model.outputs)


def _copied(member: keras.Model, images: Any, prefix: str) -> keras.Model:
    def renamed(layer: Any) -> Any:
        config = layer.get_config()
        return layer.__class__.from_config(config | {"name": prefix + config["name"]})

    alike = keras.tree.map_structure(lambda _: images, member.input)  # an input may be in a list of one
    copy = keras.models.clone_model(member, input_tensors=alike, clone_function=renamed)
    copy.set_weights(member.get_weights())
    return copy
