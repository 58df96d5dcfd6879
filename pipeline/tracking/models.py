"""The trained network as an MLflow model of the run."""

import atexit
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
from mlflow.exceptions import MlflowException
from mlflow.models import Model, ModelSignature
from mlflow.types import Schema, TensorSpec
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.base.paths import OUTPUTS, home
from pipeline.config.schema import TrackingConfig
from pipeline.tracking.store import open_store

NAME = "model"
LOGGED = "model.id"  # the run's tag that says its model is there whole
REQUIREMENTS = ("keras", "tensorflow", "numpy")


class _KerasFlavor:
    """mlflow.keras, but with the folder made first: its `save_model` writes the input example before it exists."""

    @staticmethod
    def save_model(path: str, mlflow_model: Model, validate_serving_input: bool, **arguments: Any) -> None:
        import mlflow.keras

        Path(path).mkdir(parents=True)
        mlflow.keras.save_model(path=path, mlflow_model=mlflow_model, **arguments)


def log_model(
    model: Any, run_id: str, example: NDArray[np.uint8], classes: Sequence[str], facts: Mapping[str, Any]
) -> str:
    """Log a Keras model to the run, with signature, input example and class names; return its MLflow model id.

    Args:
        model: a `keras.Model` from raw uint8 images to class probabilities.
        run_id: the run it belongs to, which must be the active one: MLflow puts the files in the active experiment.
        example: images to show how it is called, uint8 (n, height, width, channels).
        classes: class names in index order.
        facts: more metadata to keep with the model.
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
        signature=signature,
        input_example=example,
        validate_serving_input=False,  # it loads the model again and predicts: seconds of every training
        metadata={"classes": list(classes), **facts},
        pip_requirements=[f"{name}=={version(name)}" for name in REQUIREMENTS],
    )
    mlflow.MlflowClient().set_tag(run_id, LOGGED, info.model_id)
    return str(info.model_id)


def logged_model(run_id: str) -> str | None:
    """Return the id of the run's model, or None: MLflow lists a model before its files are there, so a tag decides."""
    model_id = mlflow.get_run(run_id).data.tags.get(LOGGED)
    return str(model_id) if model_id else None


def model_file(source: str, config: TrackingConfig, root: Path) -> Path:
    """Return the `.keras` file that `source` names, fetched from the registry where it is there.

    Args:
        source: a path, from the project's root where it is relative, or `models:/name@alias` or
            `models:/name/version`.
        config: whose store `models:/` is looked up in.
        root: the project's, or that of the copy in which DVC runs a queued experiment.

    Returns:
        The file; what was fetched is removed when the process ends.

    Raises:
        PipelineError: nothing is there, it holds no `.keras` file, or the tracking server does not answer.
    """
    if source.startswith("models:/"):
        open_store(config, root)
        return _fetched(source)
    path = home(root) / source
    if path.suffix != ".keras":
        raise PipelineError(f"model.init_from: {source!r} is not a .keras file; name one, or models:/name@alias")
    if not path.is_file():
        emptied = path.is_relative_to(home(root) / OUTPUTS)
        advice = "DVC removes a stage's outputs before it runs: copy the model elsewhere" if emptied else "correct it"
        raise PipelineError(f"model.init_from: there is no file {path}; {advice}, or name models:/name@alias")
    return path


def _fetched(source: str) -> Path:
    """Return the `.keras` file of a copy of the model at `source`."""
    folder = Path(tempfile.mkdtemp(prefix="init-from-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    try:
        mlflow.artifacts.download_artifacts(source, dst_path=str(folder))
    except (MlflowException, OSError) as error:
        told = " ".join(str(error).split())[:200]
        raise PipelineError(f"model.init_from: MLflow has no model at {source}: {told}") from None
    found = sorted(folder.rglob("*.keras"))
    if not found:
        raise PipelineError(f"model.init_from: {source} holds no .keras file; it must be a Keras model")
    return found[0]
