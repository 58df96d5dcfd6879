"""What killed processes leave behind, and what removes it."""

import os
import signal
import subprocess
import sys

import pytest

from pipeline.base.files import atomic_folder, write_text
from pipeline.base.processes.process_identity import machine
from pipeline.base.temporary.leftovers import remove_half_copies, remove_leftovers

NAMES = tuple(f".partial-{{}}-{machine()}-{end}" for end in ("abcdefgh", "ab_d1fgh.csv", "abcdefgh.my suffix"))
OTHER_MACHINE = "0123456789ab"
WRITER = """
from pathlib import Path
from pipeline.base.command import run_command
import tempfile, time
def work():
    Path(tempfile.mkdtemp(), "generated.py").write_text("x = 1")
    print(tempfile.gettempdir(), flush=True)
    time.sleep({seconds})
run_command(work)
"""


def killed_process() -> int:
    process = subprocess.Popen([sys.executable, "-S", "-c", ""])
    process.wait()
    return process.pid


def test_the_next_file_in_a_folder_removes_what_killed_processes_left(tmp_path):
    left = killed_process()
    for name in NAMES:
        (tmp_path / name.format(left)).write_text("half")
    (tmp_path / f".partial-{left}-{machine()}-abcdefgi").mkdir()
    (tmp_path / f".partial-{left}-{machine()}-abcdefgi/images.npy").write_text("half")
    write_text(tmp_path / "new", "whole")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_what_a_living_process_constructs_stays_and_so_do_other_programs_files(tmp_path):
    kept = {
        f".partial-{os.getppid()}-{machine()}-abcdefgh",
        f".partial-{os.getpid()}-{OTHER_MACHINE}-abcdefgh",
        ".partial-of-a-download",
        ".partial-12.csv",
    }
    for name in kept:
        (tmp_path / name).write_text("half")
    (tmp_path / f".partial-{os.getpid()}-{machine()}-abcdefgh").write_text("of a process that had this number before")
    with atomic_folder(tmp_path / "new") as partial:
        remove_leftovers(tmp_path)
        assert {path.name for path in tmp_path.iterdir()} == {partial.name, *kept}


def test_a_result_that_a_killed_process_put_aside_is_put_back(tmp_path):
    for name, content in (("lost", "old"), ("there", "new")):
        aside = tmp_path / f".partial-{killed_process()}-{machine()}-abcdefgh.replaced"
        (aside / name).mkdir(parents=True)
        (aside / name / "result").write_text("old")
        if content == "new":
            (tmp_path / name).mkdir()
            (tmp_path / name / "result").write_text("new")
        remove_leftovers(tmp_path)
        assert (tmp_path / name / "result").read_text() == content
        assert not aside.exists()


def test_half_copies_of_dvc_are_removed_and_other_files_stay(tmp_path):
    for name in (".qHrRbZIXhejIPSfuJD7oag.tmp", ".mine.tmp", "qHrRbZIXhejIPSfuJD7oag.tmp"):
        (tmp_path / name).write_text("half")
    remove_half_copies(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".mine.tmp", "qHrRbZIXhejIPSfuJD7oag.tmp"]


@pytest.fixture
def writer(root, tmp_path):
    """Start a command that writes temporary files; return it and its folder of them, once it is there."""
    processes = []

    def start(seconds: int) -> tuple[subprocess.Popen, str]:
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER.format(seconds=seconds)],
            cwd=root,
            env={**os.environ, "TMPDIR": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        assert process.stdout
        return process, process.stdout.readline().strip()

    yield start
    for process in processes:
        process.kill()
        process.wait()


def test_temporary_files_of_a_killed_command_are_removed_by_the_next_one(tmp_path, writer):
    (tmp_path / "others").mkdir()
    killed, its_folder = writer(60)
    _, living_folder = writer(60)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert sorted(map(str, tmp_path.iterdir())) == sorted([str(tmp_path / "others"), its_folder, living_folder])
    ended, _ = writer(0)
    assert ended.wait() == 0
    assert sorted(map(str, tmp_path.iterdir())) == sorted([str(tmp_path / "others"), living_folder])
