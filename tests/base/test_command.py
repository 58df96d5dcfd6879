import os
import subprocess
import sys

import pytest

from pipeline.base.command import run_command
from pipeline.base.errors import PipelineError


def failing(error):
    def action(*_):
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (PipelineError("no photos; add some"), 1, "error: no photos; add some\n"),
        (KeyboardInterrupt(), 130, "interrupted.\n"),
        (KeyboardInterrupt("resume with: dvc repro"), 130, "interrupted: resume with: dvc repro\n"),
    ],
)
def test_an_expected_error_is_one_line_and_an_exit_code(capsys, error, code, line):
    with pytest.raises(SystemExit) as exit_info:
        run_command(failing(error))
    assert exit_info.value.code == code
    assert capsys.readouterr() == ("", line)


def test_a_success_prints_nothing(capsys):
    called = []
    run_command(lambda: called.append(1))
    assert called == [1]
    assert capsys.readouterr() == ("", "")


def test_other_errors_are_not_hidden():
    with pytest.raises(ZeroDivisionError):
        run_command(failing(ZeroDivisionError()))


@pytest.mark.parametrize("lines", [1, 100_000])
def test_a_reader_that_has_seen_enough_gets_no_traceback(lines):
    command = f"from pipeline.base.command import run_command; run_command(lambda: print('line\\n' * {lines}))"
    with subprocess.Popen(
        [sys.executable, "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        started.stdout.close()
        assert started.stderr.read() == ""
    assert started.returncode == 141


def test_a_pipe_that_breaks_elsewhere_is_not_hidden():
    with pytest.raises(BrokenPipeError):
        run_command(lambda: os.write(open_ended(), b"lost"))


def open_ended():
    """Return the writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def test_no_secret_of_an_address_is_shown(capsys):
    with pytest.raises(SystemExit):
        run_command(failing(PipelineError("cannot open postgresql://ann:s3cret@host/runs")))
    assert capsys.readouterr().err == "error: cannot open postgresql://ann:***@host/runs\n"


def test_a_traceback_shows_no_secret_either():
    command = (
        "from pipeline.base.command import run_command; "
        "run_command(lambda: {}['postgresql://ann:' + 's3cret' + '@host/runs'])"
    )
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "KeyError: 'postgresql://ann:***@host/runs'"
