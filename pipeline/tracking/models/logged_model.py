"""The trained network as an MLflow model of its run."""

from typing import Any

import mlflow
from mlflow.entities import RunTag
from mlflow.models import Model

from pipeline.base.digests import file_digest
from pipeline.base.errors import PipelineError
from pipeline.tracking.models.photo_flavor import KERAS_FILE, PhotoFlavor

NAME = "model"
MODEL_ID = "model.id"  # tag of a run whose model is logged completely
MODEL_DIGEST = "model.digest"  # tag: SHA-256 of that model's .keras file; runs of earlier versions lack it


def log_model(run_id: str, arguments: dict[str, Any]) -> str:
    """Log a Keras model to the run, ready to be served; return its MLflow model id.

    Args:
        run_id: the run it belongs to, which must be the active one: MLflow puts the files in the active experiment.
        arguments: as `flavor_arguments` returns them.
    """
    info = Model.log(artifact_path=None, name=NAME, flavor=PhotoFlavor, run_id=run_id, **arguments)
    tags = {MODEL_ID: info.model_id, MODEL_DIGEST: file_digest(arguments["files"][KERAS_FILE])}
    mlflow.MlflowClient().log_batch(run_id, tags=[RunTag(name, value) for name, value in tags.items()])
    return str(info.model_id)


def logged_model_id(run_id: str, digest: str | None = None) -> str | None:
    """Return the id of the run's model, or None.

    A tag of the run decides: MLflow lists a model before its files are there.

    Args:
        run_id: of the run.
        digest: SHA-256 of a `.keras` file; a model of which the run knows that it is another one does not count.
    """
    tags = mlflow.get_run(run_id).data.tags
    if not tags.get(MODEL_ID) or (digest and tags.get(MODEL_DIGEST, digest) != digest):
        return None
    return str(tags[MODEL_ID])


def required_model_id(run_id: str) -> str:
    """Return the id of the run's model.

    Raises:
        PipelineError: it has none.
    """
    model_id = logged_model_id(run_id)
    if model_id is None:
        raise PipelineError(f"MLflow run {run_id} has no model; log it again with: dvc repro --force train")
    return model_id
