"""The trained network as a `.keras` file that any machine loads."""

import json
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from pipeline.base.files import whole_file
from pipeline.model import with_members, with_views, without_heads
from pipeline.training.fast import plain


def portable(
    model: keras.Model,
    weights: list[NDArray[np.float32]],
    views: str = "one",
    members: Sequence[keras.Model] = (),
) -> keras.Model:
    """Return `model` with `weights` for inference anywhere: in float32, of Keras's own layers, without heads.

    Args:
        model: the network as it was trained.
        weights: all of them, in its order.
        views: of each image, which the returned model averages over (see `pipeline.model.with_views`).
        members: other networks, whose answers it averages with (see `pipeline.model.with_members`).
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        network = keras.Model(model.inputs, model.outputs, name=model.name)
        copy = keras.models.clone_model(network, clone_function=_in_float32)
        copy.set_weights(weights)
        return with_members(with_views(without_heads(copy), views), members)
    finally:
        keras.config.set_dtype_policy(before)


def save_model(model: keras.Model, path: Path) -> None:
    """Write `model` to `path` without the date that Keras puts in, so that equal models are equal files."""
    with whole_file(path) as partial:
        model.save(partial)
        _undate(partial)


def _in_float32(layer: keras.layers.Layer) -> keras.layers.Layer:
    config = layer.get_config()
    if isinstance(layer, keras.layers.InputLayer) or not isinstance(layer, keras.layers.Layer):  # bare operations
        return layer.__class__.from_config(config)
    return plain(layer).from_config(config | {"dtype": "float32", "trainable": True})


def _undate(path: Path) -> None:
    plain = path.with_suffix(".undated")
    with zipfile.ZipFile(path) as dated, zipfile.ZipFile(plain, "w") as undated:
        for name in sorted(dated.namelist()):
            content = dated.read(name)
            if name == "metadata.json":
                content = json.dumps({k: v for k, v in json.loads(content).items() if k != "date_saved"}).encode()
            undated.writestr(zipfile.ZipInfo(name), content)
    shutil.move(plain, path)
