"""Which DVC command works in a project."""

import json
import os
import subprocess
import sys

import pytest

from pipeline.base.locks.dvc_locks import DVC_LOCK, RWLOCK, dvc_command_running
from pipeline.base.locks.process_lock import try_lock

HOLD = """
import sys
from dvc.fs import localfs
from dvc.rwlock import rwlock
folder, read, write = sys.argv[2:]
with rwlock(folder, localfs, "dvc repro train", read.split(), write.split(), False):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / ".dvc/tmp").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def process():
    """Start a process that lives as long as the test, with these words in its command line."""
    started = []

    def start(*words):
        started.append(subprocess.Popen([sys.executable, "-c", "input()", *words], stdin=subprocess.PIPE))
        return started[-1].pid

    yield start
    for one in started:
        one.communicate(b"\n")


def write_rwlock(project, pid, **others):
    """Write DVC's table of locked paths as a stage that runs does."""
    table = {"write": {str(project / "data"): {"pid": pid, "cmd": "dvc repro prepare"}} | others, "read": {}}
    (project / RWLOCK).write_text(json.dumps(table), encoding="utf-8")


def test_no_command_runs_where_nothing_is_locked(project, tmp_path):
    assert dvc_command_running(project) is None
    assert dvc_command_running(tmp_path / "elsewhere") is None
    for damaged in ("{", "[]", '{"write": {"a": "b"}, "read": {"a": [3, null]}}', '{"write": {"a": {"pid": "x"}}}'):
        (project / RWLOCK).write_text(damaged, encoding="utf-8")
        assert dvc_command_running(project) is None


def test_a_stage_that_runs_is_named_and_one_that_was_killed_is_not(project, process):
    running = process("dvc", "repro")
    write_rwlock(project, running, damaged=1)
    assert dvc_command_running(project) == f"pid {running} (dvc repro prepare)"
    with subprocess.Popen([sys.executable, "-c", "", "dvc"]) as ended:
        ended.wait()
    write_rwlock(project, ended.pid)
    assert dvc_command_running(project) is None


def test_a_process_with_the_id_of_a_killed_dvc_command_is_none_of_dvcs(project, process):
    for pid in (process("other"), process("/home/ann/dvc-demo/train.py"), os.getpid()):
        write_rwlock(project, pid)
        assert dvc_command_running(project) is None


def test_dvcs_own_lock_is_seen(project):
    with try_lock(project / DVC_LOCK):
        assert dvc_command_running(project).startswith(("pid", "a process"))
    assert dvc_command_running(project) is None


def test_what_dvc_writes_can_be_read(project):
    for paths in ((str(project / "data"), ""), ("", str(project / "model"))):
        command = [sys.executable, "-c", HOLD, "dvc", str(project / ".dvc/tmp"), *paths]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout.readline() == "held\n"
            assert dvc_command_running(project) == f"pid {holder.pid} (dvc repro train)"
            holder.communicate("")
        assert dvc_command_running(project) is None
