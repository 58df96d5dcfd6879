"""A lock between processes: who holds it, who waits, what a kill leaves."""

import errno
import fcntl
import os
import shutil
import subprocess
import sys

import pytest

from pipeline.base.locks.file_lock import file_lock
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


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP, errno.EBADF, errno.EINVAL])
def test_a_file_system_without_locks_is_one_note(tmp_path, monkeypatch, capsys, number):
    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    for _ in range(2):
        with process_lock(tmp_path / "lock", pytest.fail) as waited, file_lock(tmp_path / "other lock"):
            assert not waited
    assert capsys.readouterr().err.count("has no locks") == 1
    assert not is_held(tmp_path / "lock")


def test_a_look_at_the_lock_is_no_holder(tmp_path, monkeypatch):
    """Whoever asks whether the lock is held has it for an instant."""
    real = fcntl.flock
    (tmp_path / "lock").touch()
    looks = [(tmp_path / "lock").open()]
    real(looks[0], fcntl.LOCK_SH)

    def flock(file, kind):
        try:
            real(file, kind)
        except BlockingIOError:
            looks.pop().close()
            raise

    monkeypatch.setattr(fcntl, "flock", flock)
    file = try_lock(tmp_path / "lock")
    assert file is not None
    file.close()


def test_a_garbage_lock_file_names_nobody(tmp_path):
    (tmp_path / "lock").write_bytes(b"\xff\xfe")
    assert holder(tmp_path / "lock") == "pid unknown"
