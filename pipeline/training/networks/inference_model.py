"""The trained network as a `.keras` file that loads anywhere."""

import json
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from pipeline.base.files import atomic_file
from pipeline.model import with_ensemble, with_views, without_auxiliary_heads
from pipeline.runtime.model_spec import MEMBER, ModelSpec
from pipeline.training.engine.fused_layers import keras_class


def inference_model(
    model: keras.Model,
    weights: list[NDArray[np.float32]],
    views: str = "one",
    members: Sequence[keras.Model] = (),
) -> keras.Model:
    """Return `model` with `weights`, for inference: float32, Keras's own layers, no auxiliary classifiers.

    Args:
        model: the network as it was trained.
        weights: in the order of `model.weights`.
        views: of each image, over which the returned model averages (see `pipeline.model.with_views`).
        members: other networks, with whose predictions it averages (see `pipeline.model.with_ensemble`).
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        network = keras.Model(model.inputs, model.outputs, name=model.name)
        copy = keras.models.clone_model(network, clone_function=_in_float32)
        copy.set_weights(weights)
        return with_ensemble(with_views(without_auxiliary_heads(copy), views), members)
    finally:
        keras.config.set_dtype_policy(before)


def save_keras_file(model: keras.Model, path: Path, spec: ModelSpec | None = None) -> None:
    """Write `model` to `path` without the date that Keras stores, so that equal models are equal files.

    Args:
        model: the network.
        path: of the `.keras` file.
        spec: class names and preprocessing, kept inside the file for `pipeline.inference`.
    """
    with atomic_file(path) as partial:
        model.save(partial)
        _rewrite(partial, spec)


def _in_float32(layer: keras.layers.Layer) -> keras.layers.Layer:
    config = layer.get_config()
    if isinstance(layer, keras.layers.InputLayer) or not isinstance(layer, keras.layers.Layer):  # bare operations
        return layer.__class__.from_config(config)
    return keras_class(layer).from_config(config | {"dtype": "float32", "trainable": True})


def _rewrite(path: Path, spec: ModelSpec | None) -> None:
    undated_path = path.with_suffix(".undated")
    with zipfile.ZipFile(path) as dated, zipfile.ZipFile(undated_path, "w") as undated:
        for name in sorted(dated.namelist()):
            content = dated.read(name)
            if name == "metadata.json":
                content = json.dumps({k: v for k, v in json.loads(content).items() if k != "date_saved"}).encode()
            undated.writestr(zipfile.ZipInfo(name), content)
        if spec:
            undated.writestr(zipfile.ZipInfo(MEMBER), spec.to_json())
    shutil.move(undated_path, path)
