"""A registry in a file, and models to register."""

import shutil
from collections.abc import Callable

import mlflow
import pytest

NAME = "flowers"


@pytest.fixture
def registry(tmp_path, empty_store) -> mlflow.MlflowClient:
    """An empty registry in the test's own folder."""
    shutil.copy(empty_store, tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    mlflow.create_experiment("models", artifact_location=(tmp_path / "artifacts").as_uri())
    return mlflow.MlflowClient()


@pytest.fixture
def logged_model(registry) -> Callable[[], str]:
    """Return what logs an empty model to a new run and returns its id."""

    def log() -> str:
        experiment = registry.get_experiment_by_name("models").experiment_id
        run = registry.create_run(experiment).info.run_id
        return str(registry.create_logged_model(experiment, "model", source_run_id=run).model_id)

    return log


@pytest.fixture
def versions(registry):
    """A registered model with four versions."""
    registry.create_registered_model(NAME)
    for _ in range(4):
        registry.create_model_version(NAME, "file:///nowhere")
    return NAME
