"""Trained networks from their files."""

from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import keras

from pipeline.base.errors import PipelineError
from pipeline.model.ensemble import in_words, signature


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
    wanted = in_words("uint8", shape, (classes,))
    for file, member in zip(files, members, strict=True):
        if (told := signature(member)) != wanted:
            raise PipelineError(
                f"model.ensemble: {file} {told}; the network to train {wanted}: "
                "only networks of the same images and classes can be averaged"
            )
    return members
