"""What a killed process left of artifacts that it was logging: MLflow has no way to remove it."""

import shutil
import time
from contextlib import suppress
from pathlib import Path

import mlflow
from mlflow.utils.file_utils import local_file_uri_to_path

from pipeline.tracking.models.logged_model import NAME, logged_model_id

PREFIX = ".artifact.uploading."  # MLflow's, of the files that it is copying into a folder of artifacts
AGE = 10.0  # seconds without a write, after which no process is still copying
VERSIONS = "mlflow.modelVersions"  # as in registry/versions.py, on which the stages train and evaluate do not depend


def remove_half_uploads(artifact_uri: str) -> None:
    """Remove files that were being copied into a folder of artifacts, if it is on this machine."""
    if not artifact_uri.startswith("file:"):
        return
    for file in Path(local_file_uri_to_path(artifact_uri)).rglob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):  # published in between
            if abs(time.time() - file.stat().st_ctime) > AGE:  # MLflow sets the other time to the original's
                file.unlink()


def remove_half_logged_models(run_id: str) -> None:
    """Delete the models that were being logged to a run; one that is whole stays, and one that versions are of."""
    client, run, whole = mlflow.MlflowClient(), mlflow.get_run(run_id), logged_model_id(run_id)
    query = f"source_run_id = '{run_id}' AND name = '{NAME}'"
    for model in client.search_logged_models([run.info.experiment_id], filter_string=query):
        if model.model_id == whole or VERSIONS in model.tags:
            continue
        client.delete_logged_model(model.model_id)
        if model.artifact_location.startswith("file:"):
            shutil.rmtree(local_file_uri_to_path(model.artifact_location), ignore_errors=True)
