"""Stores that do not open, are of another version, or name files elsewhere."""

import shutil
import socket
import sqlite3
from contextlib import closing

import pytest

from pipeline.base.errors import PipelineError
from pipeline.diagnosis.finding import Verdict
from pipeline.diagnosis.patient import Patient
from pipeline.diagnosis.stores.store_checks import check_place, check_store
from tests.diagnosis.conftest import only


def test_a_store_that_is_not_there_yet_is_fine(patient):
    assert only(check_store, patient).verdict is Verdict.OK
    assert list(check_place(patient)) == []


def test_a_whole_store_of_this_version_is_fine(stored):
    assert only(check_store, stored).text == "mlflow.db opens and is whole"
    assert only(check_place, stored).verdict is Verdict.OK


@pytest.mark.parametrize("content", [b"", b"not a database", None])
def test_a_file_that_is_no_store_is_a_problem_with_its_cure(project, stored, content):
    if content is None:  # cut off, as by a full disk
        content = (project / "mlflow.db").read_bytes()[:100_000]
    (project / "mlflow.db").write_bytes(content)
    wrong = only(check_store, stored)
    assert wrong.verdict is Verdict.PROBLEM
    assert wrong.command == "mv mlflow.db mlflow.db.broken && python -m pipeline.models sync"


@pytest.mark.parametrize(
    ("revision", "cure"), [("451aebb31d03", "mlflow db upgrade"), ("from_the_future", "pip install")]
)
def test_a_store_of_another_version_of_mlflow_is_a_problem(project, stored, revision, cure):
    with closing(sqlite3.connect(project / "mlflow.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    assert cure in only(check_store, stored).command


def test_a_locked_store_is_a_warning(project, stored):
    with closing(sqlite3.connect(project / "mlflow.db", isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        locked = only(check_store, stored)
    assert locked.verdict is Verdict.WARNING
    assert "locked" in locked.text


def test_a_server_that_does_not_answer_is_one_sentence(patient, monkeypatch):
    monkeypatch.setattr("pipeline.tracking.server.first_answer.PATIENCE", 0.0)
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{port}")
    with pytest.raises(PipelineError, match="no MLflow server answers"):
        list(check_store(patient))


def test_a_moved_project_is_found_and_mended(project, stored, tmp_path):
    (project / "mlruns").mkdir()
    project.rename(tmp_path / "moved")
    moved = Patient(tmp_path / "moved")
    place = only(check_place, moved)
    assert place.verdict is Verdict.WARNING
    assert str(project) in place.text
    place.mend()
    assert only(check_place, moved).verdict is Verdict.OK


def test_files_that_are_elsewhere_are_said(project, stored, tmp_path):
    with closing(sqlite3.connect(project / "mlflow.db")) as database, database:
        database.execute(
            "INSERT INTO experiments (name, artifact_location, lifecycle_stage, workspace) VALUES (?, ?, ?, ?)",
            ("mine", (tmp_path / "disk/mine").as_uri(), "active", "default"),
        )
    place = only(check_place, stored)
    assert place.verdict is Verdict.WARNING
    assert str(tmp_path / "disk") in place.text
    shutil.rmtree(tmp_path / "disk", ignore_errors=True)
