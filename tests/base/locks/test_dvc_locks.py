"""Which DVC command works in a project."""

import json
import os
import subprocess
import sys

import pytest

from pipeline.base.locks.dvc_locks import DVC_LOCK, RWLOCK, dvc_command_running
from pipeline.base.locks.process_lock import try_lock


@pytest.fixture
def project(tmp_path):
    (tmp_path / ".dvc/tmp").mkdir(parents=True)
    return tmp_path


def write_rwlock(project, pid):
    """Write DVC's table of locked paths as a stage that runs does."""
    table = {"write": {str(project / "data"): {"pid": pid, "cmd": "dvc repro prepare"}}, "read": {}}
    (project / RWLOCK).write_text(json.dumps(table), encoding="utf-8")


def test_no_command_runs_where_nothing_is_locked(project, tmp_path):
    assert dvc_command_running(project) is None
    assert dvc_command_running(tmp_path / "elsewhere") is None
    (project / RWLOCK).write_text("{", encoding="utf-8")
    assert dvc_command_running(project) is None


def test_a_stage_that_runs_is_named_and_one_that_was_killed_is_not(project):
    write_rwlock(project, os.getpid())
    assert dvc_command_running(project) == f"pid {os.getpid()} (dvc repro prepare)"
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    write_rwlock(project, ended.pid)
    assert dvc_command_running(project) is None


def test_dvcs_own_lock_is_seen(project):
    with try_lock(project / DVC_LOCK):
        assert dvc_command_running(project).startswith(("pid", "a process"))
    assert dvc_command_running(project) is None


def test_what_dvc_writes_can_be_read(project):
    from dvc.fs import localfs
    from dvc.rwlock import rwlock

    def held(read, write):
        return rwlock(str(project / ".dvc/tmp"), localfs, "dvc repro train", read, write, False)

    with held([str(project / "data")], []):
        assert dvc_command_running(project) == f"pid {os.getpid()} (dvc repro train)"
    with held([], [str(project / "model")]):
        assert dvc_command_running(project) == f"pid {os.getpid()} (dvc repro train)"
    assert dvc_command_running(project) is None
