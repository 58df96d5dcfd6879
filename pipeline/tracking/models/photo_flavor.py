"""The folder of an MLflow model: the network for Keras and for OpenVINO, and the code that takes photos."""

import shutil
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec
from mlflow.types.schema import Map

from pipeline.data.golden_batch import GoldenBatch
from pipeline.runtime.model_spec import ModelSpec
from pipeline.runtime.serving.request_images import COLUMN
from pipeline.tracking.models.runtime_copy import copy_runtime

REQUIREMENTS = ("mlflow", "numpy", "openvino", "pandas", "pillow")  # of what answers requests
KERAS_REQUIREMENTS = ("keras", "tensorflow")  # of mlflow.keras.load_model
DATA, CODE = "data", "code"  # folders of an MLflow model
KERAS_FILE, OPENVINO_FOLDER, GOLDEN_FILE = "data/model.keras", "data/openvino", "data/golden.json"
REFERENCE_FILE = "data/reference.npz"
EXAMPLES = 2  # images in the example of a request


class PhotoFlavor:
    """mlflow.keras, with the network as OpenVINO runs it, and the code that takes photos, as its Python function.

    The folder is created first, since mlflow.keras's `save_model` writes the input example before that. Files that the
    caller has already stand in for those that it would write.
    """

    @staticmethod
    def save_model(
        path: str,
        mlflow_model: Model,
        validate_serving_input: bool,
        files: Mapping[str, Path],
        keras_signature: ModelSignature,
        signature: ModelSignature,
        **arguments: Any,
    ) -> None:
        """Write the model's folder, as MLflow asks a flavor to.

        Args:
            path: of the folder.
            mlflow_model: what the file MLmodel will hold.
            validate_serving_input: ignored.
            files: files and folders to copy, by their place.
            keras_signature: of the network.
            signature: of the answers to requests.
            arguments: of `mlflow.keras.save_model`.
        """
        import mlflow.keras

        folder = Path(path)
        folder.mkdir(parents=True)
        mlflow.keras.save_model(path=path, mlflow_model=mlflow_model, signature=keras_signature, **arguments)
        for name, file in files.items():
            copy = shutil.copytree if file.is_dir() else shutil.copyfile
            copy(file, folder / name)
        loader = copy_runtime(folder / CODE)
        environment = mlflow_model.flavors[mlflow.pyfunc.FLAVOR_NAME][mlflow.pyfunc.ENV]
        mlflow.pyfunc.add_to_model(
            mlflow_model,
            loader_module=loader,
            data=DATA,
            code=CODE,
            conda_env=environment["conda"],
            python_env=environment["virtualenv"],
        )
        mlflow_model.signature = signature
        mlflow_model.model_size_bytes = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        mlflow_model.save(str(folder / "MLmodel"))


def flavor_arguments(
    model: Any, spec: ModelSpec, golden: GoldenBatch, facts: Mapping[str, Any], files: Mapping[str, Path]
) -> dict[str, Any]:
    """Return the arguments of `PhotoFlavor.save_model`, but for the path and the MLflow model.

    Args:
        model: a `keras.Model` from raw uint8 images to class probabilities.
        spec: class names and preprocessing.
        golden: of its images, some become the input example.
        facts: more metadata to keep with the model.
        files: files and folders to copy into the model's folder, by their place there.
    """
    return {
        "model": model,
        "files": files,
        "keras_signature": _keras_signature(spec),
        "signature": _signature(),
        "input_example": pd.DataFrame({COLUMN: golden.texts[:EXAMPLES]}),
        "validate_serving_input": False,  # registration replays more than the example
        "metadata": {"classes": list(spec.classes), "keras_requirements": _pinned(KERAS_REQUIREMENTS), **facts},
        "pip_requirements": _pinned(REQUIREMENTS),
    }


def _keras_signature(spec: ModelSpec) -> ModelSignature:
    return ModelSignature(
        Schema([TensorSpec(np.dtype(np.uint8), (-1, *spec.preprocessing.shape))]),
        Schema([TensorSpec(np.dtype(np.float32), (-1, len(spec.classes)))]),
    )


def _signature() -> ModelSignature:
    """Return what requests are answered with; what they may hold is more than MLflow's input schemas can say."""
    outputs: Sequence[tuple[str, Any]] = (
        ("predicted", DataType.string),
        ("confidence", DataType.double),
        ("probabilities", Map(DataType.double)),
    )
    return ModelSignature(
        outputs=Schema([ColSpec(kind, name) for name, kind in outputs]),
        params=ParamSchema([ParamSpec("top", DataType.long, 0), ParamSpec("errors", DataType.string, "raise")]),
    )


def _pinned(names: Sequence[str]) -> list[str]:
    return [f"{name}=={version(name)}" for name in names]
