"""A small project with a store, and versions whose files are a few bytes: MLflow itself, but no network."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlparse

import mlflow
import pytest
from mlflow.entities.model_registry import ModelVersion

from pipeline.registry.versions import register_once
from pipeline.tracking.local_store import local_uri

NAME = "googlenet-digits"  # as params.yaml of the project has it
FILES = {"MLmodel": "metadata: {}\n", "data/model.keras": "weights", "code/loader.py": "pass\n"}


@pytest.fixture
def small_project(tmp_path, root, empty_store) -> Path:
    """A folder with settings and a store, which MLflow is pointed to."""
    folder = tmp_path / "my project 日本"
    (folder / "conf").mkdir(parents=True)
    (folder / "dvc.yaml").touch()
    shutil.copy(root / "params.yaml", folder)
    shutil.copy(empty_store, folder)
    mlflow.set_tracking_uri(local_uri(folder))
    mlflow.create_experiment("models", artifact_location=(folder / "mlruns").as_uri())
    return folder


@pytest.fixture
def register(small_project, tmp_path) -> Callable[..., ModelVersion]:
    """Return what registers a model with some files; another digest is another version."""

    def add(
        digest: str = "d" * 64, tags: Mapping[str, str] | None = None, files: Mapping[str, str] = FILES
    ) -> ModelVersion:
        client = mlflow.MlflowClient()
        experiment = mlflow.get_experiment_by_name("models").experiment_id
        run = client.create_run(experiment, tags=dict(tags or {})).info.run_id
        client.log_artifact(run, str(small_project / "params.yaml"))
        folder = tmp_path / f"files of {digest[:8]}"
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        model = client.create_logged_model(experiment, "model", run)
        client.log_model_artifacts(model.model_id, str(folder))
        client.finalize_logged_model(model.model_id, "READY")
        version = register_once(NAME, model.model_id, digest, dict(tags or {}), "", ["a", "b"])
        return client.get_model_version(NAME, str(version.number))

    return add


@pytest.fixture
def stored() -> Callable[[ModelVersion, str], Path]:
    """Return what finds a file of a version in the store."""

    def find(version: ModelVersion, path: str) -> Path:
        model = mlflow.MlflowClient().get_logged_model(version.source.removeprefix("models:/"))
        return Path(unquote(urlparse(model.artifact_location).path)) / path

    return find
