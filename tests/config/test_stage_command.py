"""The command line of a DVC stage."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.base.locks.process_lock import process_lock
from pipeline.config.stage_command import run_stage

SETTINGS = "python -m pipeline.params"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project, and a function that runs a stage's command line in its conf/ folder."""
    root = tmp_path.resolve()
    (root / "conf").mkdir()
    (root / "dvc.yaml").touch()
    monkeypatch.chdir(root / "conf")

    def run(stage, *arguments):
        monkeypatch.setattr(sys, "argv", [stage, *arguments])
        calls = []
        run_stage(stage, lambda found: calls.append((found, Path.cwd())))
        return calls

    run.root = root
    return run


def refused(project, capsys, stage, *arguments):
    with pytest.raises(SystemExit) as exit_info:
        project(stage, *arguments)
    assert exit_info.value.code == 1
    return capsys.readouterr().err


def test_a_stage_waits_for_a_process_that_runs_it_too(project, capsys, root):
    """As where DVC alone was killed and started again: its stage still runs."""
    stage = "from pipeline.config.stage_command import run_stage; run_stage('evaluate', lambda root: print('ran'))"
    with process_lock(project.root / ".dvc/tmp/evaluate.lock", pytest.fail):
        project("train")
        assert capsys.readouterr().out == ""
        environment = {**os.environ, "PYTHONPATH": str(root)}
        waiting = subprocess.Popen([sys.executable, "-c", stage], env=environment, stdout=subprocess.PIPE, text=True)
        assert waiting.stdout
        assert waiting.stdout.readline() == (
            f"another process (pid {os.getpid()}) runs the stage evaluate here; waiting for its end\n"
        )
    assert waiting.communicate()[0] == "ran\n"
    assert waiting.returncode == 0


def test_a_stage_runs_in_the_projects_root(project):
    assert project("train") == [(project.root, project.root)]


@pytest.mark.parametrize(
    ("stage", "arguments", "advice"),
    [
        ("train", ["recipe.epochs=3"], f"{SETTINGS} recipe.epochs=3 && dvc repro train"),
        ("train", ["--epochs", "3"], f"{SETTINGS} recipe.epochs=3 && dvc repro train"),
        ("train", ["--batch-size=8", "-S", "model.width=0.5"], f"{SETTINGS} recipe.batch_size=8 model.width=0.5 &&"),
        ("train", ["--seed", "1"], f"{SETTINGS} recipe.seed=1 &&"),
        ("prepare", ["--seed", "1"], f"{SETTINGS} data.split.seed=1 && dvc repro prepare"),
        ("train", ["--nesterov"], f"{SETTINGS} recipe.nesterov=true &&"),
        ("register", ["--force"], f"{SETTINGS} KEY=VALUE && dvc repro register"),
    ],
)
def test_arguments_are_refused_with_the_command_that_does_what_they_ask(project, capsys, stage, arguments, advice):
    assert advice in refused(project, capsys, stage, *arguments)


def test_the_advice_keeps_what_was_set_before(project, capsys):
    (project.root / "params.yaml").write_text("overrides: [experiment=smoke, recipe.epochs=2]")
    advice = f"{SETTINGS} experiment=smoke recipe.epochs=3 && dvc repro train"
    assert advice in refused(project, capsys, "train", "--epochs", "3")


def test_help_names_the_command_for_settings(project, capsys):
    with pytest.raises(SystemExit) as exit_info:
        project("train", "--help")
    assert exit_info.value.code == 0
    printed = capsys.readouterr().out
    assert "dvc repro train" in printed
    assert SETTINGS in printed
