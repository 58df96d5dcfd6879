"""Runs of killed processes, registrations that were interrupted, a registry without the workspace's model."""

import json
import os
import subprocess
import sys
from pathlib import Path

import mlflow
import pytest

from pipeline.base.files import write_json
from pipeline.diagnosis.finding import Verdict
from pipeline.diagnosis.patient import Patient
from pipeline.diagnosis.stores.registry_checks import check_registrations, check_registry, check_runs
from pipeline.registry.versions import PENDING
from pipeline.tracking.local_store import local_uri
from pipeline.tracking.relocation import pending_relocation
from pipeline.tracking.running.run_process import process_tags
from tests.diagnosis.conftest import only


@pytest.fixture
def client(stored):
    mlflow.set_tracking_uri(local_uri(stored.root))
    return mlflow.MlflowClient()


def stamp_of_an_ended_process():
    code = "from pipeline.base.processes.process_identity import process_stamp; print(process_stamp())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_a_run_whose_process_is_gone_is_found_and_ended(stored, client):
    experiment = client.create_experiment("e")
    mine = client.create_run(experiment, tags=process_tags()).info.run_id
    assert only(check_runs, stored).verdict is Verdict.OK
    dead = client.create_run(experiment, tags=process_tags() | {"process.id": stamp_of_an_ended_process()}).info.run_id
    runs = only(check_runs, stored)
    assert runs.verdict is Verdict.WARNING
    assert dead in runs.text
    runs.mend()
    assert client.get_run(dead).info.status == "KILLED"
    assert client.get_run(mine).info.status == "RUNNING"


def test_runs_are_looked_for_in_the_projects_store_wherever_a_process_starts(stored, client):
    experiment = client.create_experiment("e")
    dead = client.create_run(experiment, tags=process_tags() | {"process.id": stamp_of_an_ended_process()}).info.run_id
    folder = stored.root / "docs"
    folder.mkdir()
    code = (
        "from pathlib import Path\n"
        "from pipeline.config.params_file import read_params\n"
        "from pipeline.tracking.running.abandoned_runs import find_abandoned\n"
        f"print(find_abandoned(read_params(Path({str(stored.root)!r})).tracking, Path({str(stored.root)!r})))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[3])
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == str([dead])
    assert list(folder.iterdir()) == []


def test_a_registration_that_was_interrupted_is_found(stored, client):
    client.create_registered_model("flowers")
    client.create_model_version("flowers", "file:///nowhere", tags={PENDING: "true"})
    pending = only(check_registrations, stored)
    assert pending.verdict is Verdict.WARNING
    assert "flowers version 1" in pending.text
    client.delete_model_version_tag("flowers", "1", PENDING)
    assert only(check_registrations, stored).verdict is Verdict.OK


def test_a_registry_without_the_workspaces_model_is_said(stored, client):
    assert only(check_registry, stored).verdict is Verdict.OK
    decision = {"registered": True, "reason": "it passed", "model_digest": "0" * 64, "champion": None}
    file = stored.root / "outputs/register/decision.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(decision))
    registry = only(check_registry, stored)
    assert registry.verdict is Verdict.WARNING
    assert registry.command == "python -m pipeline.models sync"


def test_a_moved_projects_store_is_not_changed_without_fix(stored, tmp_path):
    decision = {"registered": True, "reason": "it passed", "model_digest": "0" * 64, "champion": None}
    write_json(stored.root / "outputs/register/decision.json", decision)
    stored.root.rename(tmp_path / "moved")
    moved = Patient(tmp_path / "moved")
    before = moved.store.read_bytes()
    for check in (check_runs, check_registry):
        assert "not examined" in only(check, moved).text
    assert moved.store.read_bytes() == before
    mending = Patient(moved.root, fix=True)
    assert "none was left" in only(check_runs, mending).text
    assert pending_relocation(mending.store, mending.artifacts) is None
