"""DVC's remote, cache and locks."""

import socket
from contextlib import closing

import pytest

from pipeline.base.errors import PipelineError
from pipeline.base.locks.process_lock import try_lock
from pipeline.diagnosis.finding import Verdict
from pipeline.diagnosis.workspace.dvc_checks import check_cache, check_locks, check_remote
from tests.diagnosis.conftest import only


def set_remote(project, address, more=""):
    text = f"[core]\n    remote = shared\n['remote \"shared\"']\n    url = {address}\n{more}"
    (project / ".dvc/config.local").write_text(text)


def test_no_remote_is_said(patient):
    assert "on this machine only" in only(check_remote, patient).text


def test_a_folder_is_looked_for_from_dvcs_own_folder(project, patient):
    set_remote(project, "../../shared")
    assert only(check_remote, patient).verdict is Verdict.PROBLEM
    (project.parent / "shared").mkdir()
    assert only(check_remote, patient).verdict is Verdict.OK


def test_a_server_is_asked_and_its_password_not_printed(project, patient):
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
        set_remote(project, f"http://ann:secret@127.0.0.1:{port}/x")
        assert only(check_remote, patient).verdict is Verdict.OK
    wrong = only(check_remote, patient)
    assert wrong.verdict is Verdict.PROBLEM
    assert "secret" not in wrong.text


def test_a_library_that_is_missing_is_a_problem(project, patient, monkeypatch):
    monkeypatch.setattr("pipeline.diagnosis.workspace.dvc_checks.LIBRARIES", {"s3": ("no_such_module", "s3")})
    set_remote(project, "s3://bucket/x")
    assert "[s3]" in only(check_remote, patient).command


def test_settings_that_cannot_be_read_are_a_problem(project, patient):
    (project / ".dvc/config.local").write_text("no section")
    assert only(check_remote, patient).verdict is Verdict.PROBLEM


def test_the_cache_may_be_elsewhere(project, patient):
    (project / ".dvc/config.local").write_text("[cache]\n    dir = ../../cache\n")
    assert str(project.parent / "cache") in only(check_cache, patient).text


@pytest.mark.parametrize("left", ['{"a": ', ""])
def test_a_damaged_file_of_locks_is_removed_unless_dvc_runs(project, patient, left):
    """DVC empties the file before it writes it, as it does with dvc.lock."""
    assert only(check_locks, patient).verdict is Verdict.OK
    file = project / ".dvc/tmp/rwlock"
    file.parent.mkdir()
    file.write_text(left)
    wrong = only(check_locks, patient)
    assert wrong.verdict is Verdict.PROBLEM
    wrong.mend()
    assert not file.exists()
    file.write_text('{"a": ')
    wrong = only(check_locks, patient)
    file.write_text("{}")
    assert wrong.mend() == ".dvc/tmp/rwlock is whole by now"
    assert file.exists()
    file.write_text('{"a": ')
    held = try_lock(project / ".dvc/tmp/lock")
    with pytest.raises(PipelineError, match="a DVC command is running now"):
        wrong.mend()
    assert file.exists()
    assert "is running" in only(check_locks, patient).text
    held.close()
