"""Trained networks from their files."""

from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import keras

from pipeline.base.errors import PipelineError


def load_network(file: Path, key: str) -> keras.Model:
    """Return the Keras model in `file`, which the setting `key` names.

    Raises:
        PipelineError: Keras cannot read it.
    """
    try:
        return keras.models.load_model(file, compile=False)
    except (ValueError, OSError, TypeError, KeyError, BadZipFile) as error:
        told = " ".join(str(error).split())[:200]
        raise PipelineError(f"{key}: Keras cannot read {file}: {told}") from None


def load_members(files: Sequence[Path], shape: Sequence[int], classes: int) -> list[keras.Model]:
    """Return the networks that `model.ensemble` names, which see images and tell classes as the one to train does.

    Args:
        files: theirs.
        shape: (height, width, channels) of the images, uint8.
        classes: how many.

    Raises:
        PipelineError: one cannot be read, takes other images or tells other classes apart.
    """
    members = [load_network(file, "model.ensemble") for file in files]
    wanted = ((None, *shape), (None, classes))
    for file, member in zip(files, members, strict=True):
        if (told := (member.input_shape, member.output_shape)) != wanted:
            raise PipelineError(
                f"model.ensemble: {file} takes images of {_size(told[0])} and gives {_size(told[1])} probabilities; "
                f"the network to train takes {_size(wanted[0])} and gives {_size(wanted[1])}: "
                "only networks of the same images and classes can be averaged"
            )
    return members


def _size(shape: Sequence[int | None]) -> str:
    return "×".join(str(side) for side in shape[1:])
