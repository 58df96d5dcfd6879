"""A disk that is full and folders that cannot be written: one sentence, nothing half-written."""

import errno
import subprocess
import sys

import pytest

from pipeline.base.system_errors import system_error

LIMITED = """
import resource
from pathlib import Path
from pipeline.base.command import run_command
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
def work():
    from pipeline.base.files import write_text
    {code}
run_command(work)
"""
WRITE = "write_text(Path('{0}/report.html'), 'x' * 100_000)"
PARQUET = """import pandas
    from pipeline.base.files import atomic_file
    with atomic_file(Path('{0}/table.parquet')) as file:
        pandas.DataFrame({{'number': range(99_999)}}).to_parquet(file)
"""


def run(root, code):
    command = [sys.executable, "-c", LIMITED.format(code=code)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("code", [WRITE, PARQUET])
def test_a_file_that_cannot_be_finished_is_one_sentence_and_leaves_nothing(root, tmp_path, code):
    done = run(root, code.format(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "File too large" in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_place_of_a_file_and_a_file_in_that_of_a_folder_are_named(root, tmp_path):
    (tmp_path / "report.html").mkdir()
    done = run(root, WRITE.format(tmp_path).replace("100_000", "1"))
    assert done.stderr == (
        f"error: {tmp_path}/report.html: Is a directory; remove or rename what is there, "
        "then run the same command again\n"
    )
    (tmp_path / "file").write_text("")
    done = run(root, WRITE.format(tmp_path / "file"))
    assert done.returncode == 1
    assert f"{tmp_path}/file: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "a.npz"), "a.npz: no space is left on the disk; free some"),
        (OSError("400000 requested and 1008 written"), "no space is left on the disk"),  # NumPy's
        (RuntimeError("(sqlite3.OperationalError) database or disk is full"), "no space is left on the disk"),
        (OSError(errno.EROFS, "Read-only file system", "outputs"), "outputs: Read-only file system; make it"),
        (PermissionError(errno.EACCES, "Permission denied", "outputs"), "outputs: Permission denied; make it"),
        (OSError(errno.EROFS, "Read-only file system", "a", None, b"b"), "b: Read-only file system"),
    ],
)
def test_what_the_system_refuses_is_a_sentence_with_the_place(error, sentence):
    assert sentence in (system_error(error) or "")


@pytest.mark.parametrize("error", [FileNotFoundError(errno.ENOENT, "", "a"), OSError("read error"), KeyError("a")])
def test_faults_of_the_program_are_not_hidden(error):
    assert system_error(error) is None


def test_of_a_file_under_construction_the_folder_is_named():
    error = PermissionError(errno.EACCES, "Permission denied", "/home/ann/project/.partial-7-0123456789ab-x_y0z.yaml")
    assert system_error(error) == (
        "/home/ann/project: Permission denied; make it readable and writable, then run the same command again"
    )
