import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.base.command import run, run_stage
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
        (KeyboardInterrupt("go on with: dvc repro"), 130, "interrupted: go on with: dvc repro\n"),
    ],
)
def test_what_a_user_may_meet_becomes_one_line_and_an_exit_code(capsys, error, code, line):
    with pytest.raises(SystemExit) as exit_info:
        run(failing(error))
    assert exit_info.value.code == code
    assert capsys.readouterr() == ("", line)


def test_a_success_says_nothing(capsys):
    called = []
    run(lambda: called.append(1))
    assert called == [1]
    assert capsys.readouterr() == ("", "")


def test_other_errors_are_not_hidden():
    with pytest.raises(ZeroDivisionError):
        run(failing(ZeroDivisionError()))


def test_a_stage_runs_in_the_projects_root(tmp_path, monkeypatch):
    root = tmp_path.resolve()
    (root / "conf").mkdir()
    (root / "dvc.yaml").touch()
    monkeypatch.chdir(root / "conf")
    monkeypatch.setattr(sys, "argv", ["train"])
    called = []
    run_stage("train", lambda found: called.append((found, Path.cwd())))
    assert called == [(root, root)]


def test_a_stage_takes_no_arguments(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["train", "recipe=strong"])
    with pytest.raises(SystemExit) as exit_info:
        run_stage("train", failing(AssertionError()))
    assert exit_info.value.code == 1
    assert "python -m pipeline.params recipe=strong" in capsys.readouterr().err


def test_a_stages_help_says_where_its_settings_are(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["train", "--help"])
    run_stage("train", failing(AssertionError()))
    assert "params.yaml" in capsys.readouterr().out


@pytest.mark.parametrize("lines", [1, 100_000])
def test_a_reader_that_has_seen_enough_gets_no_traceback(lines):
    command = f"from pipeline.base.command import run; run(lambda: print('line\\n' * {lines}))"
    with subprocess.Popen(
        [sys.executable, "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        started.stdout.close()
        assert started.stderr.read() == ""
    assert started.returncode == 141


def test_a_pipe_that_breaks_elsewhere_is_not_hidden():
    with pytest.raises(BrokenPipeError):
        run(lambda: os.write(open_ended(), b"lost"))


def open_ended():
    """Return the writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing
