"""A lock between processes: who holds it, who waits, what a kill leaves."""

import errno
import os
import shutil
import subprocess
import sys

import pytest

from pipeline.base.locks import process_lock as module
from pipeline.base.locks.process_lock import holder, is_held, process_lock, try_lock

HOLD = """
import sys
from pathlib import Path
from pipeline.base.locks.process_lock import process_lock
with process_lock(Path(sys.argv[1]), print):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path):
    """A process that holds the lock until its input is closed."""
    command = [sys.executable, "-c", HOLD, tmp_path / "lock"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_a_lock_that_nobody_holds_is_taken_without_waiting(tmp_path):
    with process_lock(tmp_path / "new folder/lock", pytest.fail) as waited:
        assert not waited
        assert is_held(tmp_path / "new folder/lock")
    assert not is_held(tmp_path / "new folder/lock")
    assert not is_held(tmp_path / "missing")


def test_a_second_process_waits_and_is_told_for_whom(tmp_path, other):
    told = []

    def waiting(process):
        told.append(process)
        other.stdin.close()

    with process_lock(tmp_path / "lock", waiting) as waited:
        assert waited
    assert told == [f"pid {other.pid}"]


def test_a_killed_process_holds_nothing(tmp_path, other):
    assert is_held(tmp_path / "lock")
    assert try_lock(tmp_path / "lock") is None
    other.kill()
    other.wait()
    with process_lock(tmp_path / "lock", pytest.fail):
        assert holder(tmp_path / "lock") == f"pid {os.getpid()}"


def test_a_folder_removed_by_its_holder_is_made_again_by_the_one_who_waited(tmp_path):
    folder = tmp_path / "folder"
    file = try_lock(folder / "lock")

    def waiting(process):
        shutil.rmtree(folder)
        file.close()

    with process_lock(folder / "lock", waiting):
        assert is_held(folder / "lock")


def test_a_file_system_without_locks_is_a_note(tmp_path, monkeypatch, capsys):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(module.fcntl, "flock", refuse)
    with process_lock(tmp_path / "lock", pytest.fail) as waited:
        assert not waited
    assert "has no locks" in capsys.readouterr().out
    assert not is_held(tmp_path / "lock")


def test_a_garbage_lock_file_names_nobody(tmp_path):
    (tmp_path / "lock").write_bytes(b"\xff\xfe")
    assert holder(tmp_path / "lock") == "pid unknown"
