"""A project's registry in a file, with versions that the gate decided on."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import mlflow
import pytest

from pipeline.lifecycle.champion.decision_tags import COMPARISON, VERDICT

NAME = "flowers"
FIRST = {"promoted": True, "reason": "it is the first version that passes the gate", "rule": "better_by"}
WORSE = {"promoted": False, "reason": "it is not better than the champion", "rule": "better_by"}
BY_HAND = {"promoted": False, "reason": "gate.champion.rule is by_hand", "rule": "by_hand"}


@pytest.fixture
def project(root, tmp_path, empty_store) -> Path:
    """A folder with the project's settings and an empty store."""
    shutil.copytree(root / "conf", tmp_path / "conf")
    shutil.copy(root / "dvc.yaml", tmp_path)
    params = (root / "params.yaml").read_text(encoding="utf-8")
    (tmp_path / "params.yaml").write_text(
        params.replace("registered_model: googlenet-digits", f"registered_model: {NAME}")
    )
    shutil.copy(empty_store, tmp_path)
    return tmp_path


@pytest.fixture
def registry(project) -> mlflow.MlflowClient:
    mlflow.set_tracking_uri(f"sqlite:///{project}/mlflow.db")
    return mlflow.MlflowClient()


@pytest.fixture
def add_version(registry) -> Callable[..., int]:
    """Return what adds a version whose tags record a verdict, and returns its number."""

    def add(verdict: dict | None, **tags: str) -> int:
        if not registry.search_registered_models():
            registry.create_registered_model(NAME)
        record = {}
        if verdict is not None:
            record = {VERDICT: json.dumps({"about": "test", "verdict": verdict}), COMPARISON: verdict["reason"]}
        named = {key.replace("__", "."): value for key, value in tags.items()}
        return int(registry.create_model_version(NAME, "file:///nowhere", tags=record | named).version)

    return add
