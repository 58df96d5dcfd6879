import pytest

from pipeline.config.params_file import read_params
from pipeline.lifecycle.alignment.registry_sync import describe_result, sync_registry
from pipeline.lifecycle.alignment.workspace_result import WorkspaceResult
from tests.lifecycle.conftest import FIRST, NAME

DIGEST = "d" * 64
PROMOTED = {"registered": True, "reason": "registered", "champion": {"promoted": True}}


@pytest.fixture
def describe(project):
    def line(decision=PROMOTED):
        return describe_result(WorkspaceResult(decision, DIGEST), read_params(project), project)

    return line


def test_a_model_that_missed_the_gate_has_its_reason(describe):
    assert describe({"registered": False, "reason": "not registered: accuracy"}) == "not registered: accuracy"


def test_what_the_registry_lacks_is_brought_there_by_sync(describe, project, registry):
    assert describe() == f"not in this registry (nothing is registered as {NAME}); python -m pipeline.models sync"
    (project / "mlflow.db").unlink()
    assert describe().startswith("not in this registry")
    assert not (project / "mlflow.db").exists()


def test_an_alias_that_points_elsewhere_is_said(describe, registry, add_version):
    add_version(FIRST, model__digest=DIGEST)
    add_version(FIRST, model__digest="e" * 64)
    for alias, number in (("champion", "1"), ("candidate", "2")):
        registry.set_registered_model_alias(NAME, alias, number)
    assert describe() == (
        f"{NAME} version 1 (champion); candidate is version 2, another model; python -m pipeline.models sync"
    )
    registry.set_registered_model_alias(NAME, "candidate", "1")
    assert describe() == f"{NAME} version 1 (champion, candidate)   (models:/{NAME}@champion)"


def test_a_server_that_is_down_is_one_line(describe, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    line = describe()
    assert line.startswith("the registry cannot be asked: no MLflow server answers at http://127.0.0.1:9")
    assert "\n" not in line


def test_where_all_agree_nothing_is_done(project, registry, add_version):
    add_version(FIRST, model__digest=DIGEST)
    for alias in ("champion", "candidate"):
        registry.set_registered_model_alias(NAME, alias, "1")
    assert sync_registry(WorkspaceResult(PROMOTED, DIGEST), read_params(project), project) == []
