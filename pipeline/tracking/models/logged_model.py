"""The trained network as an MLflow model of its run."""

from typing import Any

import mlflow
from mlflow.models import Model

from pipeline.base.errors import PipelineError
from pipeline.tracking.models.photo_flavor import PhotoFlavor

NAME = "model"
MODEL_ID = "model.id"  # tag of a run whose model is logged completely


def log_model(run_id: str, arguments: dict[str, Any]) -> str:
    """Log a Keras model to the run, ready to be served; return its MLflow model id.

    Args:
        run_id: the run it belongs to, which must be the active one: MLflow puts the files in the active experiment.
        arguments: as `flavor_arguments` returns them.
    """
    info = Model.log(artifact_path=None, name=NAME, flavor=PhotoFlavor, run_id=run_id, **arguments)
    mlflow.MlflowClient().set_tag(run_id, MODEL_ID, info.model_id)
    return str(info.model_id)


def logged_model_id(run_id: str) -> str | None:
    """Return the id of the run's model, or None.

    A tag of the run decides: MLflow lists a model before its files are there.
    """
    model_id = mlflow.get_run(run_id).data.tags.get(MODEL_ID)
    return str(model_id) if model_id else None


def required_model_id(run_id: str) -> str:
    """Return the id of the run's model.

    Raises:
        PipelineError: it has none.
    """
    model_id = logged_model_id(run_id)
    if model_id is None:
        raise PipelineError(f"MLflow run {run_id} has no model; log it again with: dvc repro --force train")
    return model_id
