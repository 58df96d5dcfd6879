"""The trained network as an MLflow model of its run."""

import shutil
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import mlflow
import numpy as np
from mlflow.models import Model, ModelSignature
from mlflow.types import Schema, TensorSpec
from numpy.typing import NDArray

NAME = "model"
MODEL_ID = "model.id"  # tag of a run whose model is logged completely
REQUIREMENTS = ("keras", "tensorflow", "numpy")
KERAS_FILE, OPENVINO_FOLDER = "data/model.keras", "data/openvino"  # in the folder of an MLflow model


class _KerasFlavor:
    """mlflow.keras, with the folder created first, since its `save_model` writes the input example before that.

    Files that the caller has already stand in for those that it would write.
    """

    @staticmethod
    def save_model(
        path: str, mlflow_model: Model, validate_serving_input: bool, files: Mapping[str, Path], **arguments: Any
    ) -> None:
        import mlflow.keras

        Path(path).mkdir(parents=True)
        mlflow.keras.save_model(path=path, mlflow_model=mlflow_model, **arguments)
        for name, file in files.items():
            copy = shutil.copytree if file.is_dir() else shutil.copyfile
            copy(file, Path(path, name))


def log_model(
    model: Any,
    run_id: str,
    example: NDArray[np.uint8],
    classes: Sequence[str],
    facts: Mapping[str, Any],
    files: Mapping[str, Path] = MappingProxyType({}),
) -> str:
    """Log a Keras model to the run, with signature, input example and class names; return its MLflow model id.

    Args:
        model: a `keras.Model` from raw uint8 images to class probabilities.
        run_id: the run it belongs to, which must be the active one: MLflow puts the files in the active experiment.
        example: images to show how it is called, uint8 (n, height, width, channels).
        classes: class names in index order.
        facts: more metadata to keep with the model.
        files: files and folders to copy into the model's folder, by their place there.
    """
    signature = ModelSignature(
        Schema([TensorSpec(np.dtype(np.uint8), (-1, *example.shape[1:]))]),
        Schema([TensorSpec(np.dtype(np.float32), (-1, len(classes)))]),
    )
    info = Model.log(
        artifact_path=None,
        name=NAME,
        flavor=_KerasFlavor,
        run_id=run_id,
        model=model,
        files=files,
        signature=signature,
        input_example=example,
        validate_serving_input=False,  # it would load the model again and predict: seconds of every training
        metadata={"classes": list(classes), **facts},
        pip_requirements=[f"{name}=={version(name)}" for name in REQUIREMENTS],
    )
    mlflow.MlflowClient().set_tag(run_id, MODEL_ID, info.model_id)
    return str(info.model_id)


def logged_model_id(run_id: str) -> str | None:
    """Return the id of the run's model, or None.

    A tag of the run decides: MLflow lists a model before its files are there.
    """
    model_id = mlflow.get_run(run_id).data.tags.get(MODEL_ID)
    return str(model_id) if model_id else None
