"""Trained networks from their files."""

from collections.abc import Sequence
from pathlib import Path

import keras

from pipeline.base.errors import PipelineError, one_line
from pipeline.model.combine.ensemble import describe_signature, signature_text


def load_network(file: Path, key: str) -> keras.Model:
    """Return the Keras model in `file`, which the setting `key` names.

    Raises:
        PipelineError: Keras cannot read it.
    """
    try:
        return keras.models.load_model(file, compile=False)
    except Exception as error:  # whatever a damaged or hostile file makes Keras raise
        raise PipelineError(f"{key}: Keras cannot read {file}: {one_line(error)}") from None


def load_ensemble_members(files: Sequence[Path], shape: Sequence[int], classes: int) -> list[keras.Model]:
    """Return the networks that `model.ensemble` names, of the same images and classes as the one to train.

    Args:
        files: `.keras` files.
        shape: (height, width, channels) of the images, uint8.
        classes: number of classes.

    Raises:
        PipelineError: one cannot be read, takes other images or predicts other classes.
    """
    members = [load_network(file, "model.ensemble") for file in files]
    expected = describe_signature("uint8", shape, (classes,))
    for file, member in zip(files, members, strict=True):
        if (actual := signature_text(member)) != expected:
            raise PipelineError(
                f"model.ensemble: {file} {actual}; the network to train {expected}: "
                "only networks of the same images and classes can be averaged"
            )
    return members
