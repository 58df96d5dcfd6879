"""Ctrl-C, a silent server, other folders: what goes wrong on ordinary days. The tests run in order."""

import os
import re
import shutil
import signal
import subprocess
import sys

import mlflow
import pytest

from pipeline.base.locks.process_lock import process_lock
from tests.end_to_end.conftest import PATIENCE, warm_environment

EPOCHS = 8  # enough for a signal to arrive before the last, however busy the machine
FEW_IMAGES = ("experiment=smoke", "data.split.test=0.6")
QUICK = (*FEW_IMAGES, "model.normalization=none", "recipe.optimizer=sgd")  # half the time to trace
SETTINGS = (*FEW_IMAGES, f"recipe.epochs={EPOCHS}")


def start_repro(project, environment) -> subprocess.Popen:
    """Start `dvc repro train`."""
    return subprocess.Popen(
        ["dvc", "repro", "train"],
        cwd=project.root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def train_until(project, environment, epoch: int) -> subprocess.Popen:
    """Start `dvc repro` and return it once the given epoch's line has appeared."""
    process = start_repro(project, environment)
    assert process.stdout
    for line in process.stdout:
        if line.startswith(f"epoch {epoch}/"):
            return process
    raise AssertionError("training ended early")


def only_run(project):
    client = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")
    runs = client.search_runs([client.get_experiment_by_name("smoke").experiment_id])
    assert len(runs) == 1
    steps = [point.step for point in client.get_metric_history(runs[0].info.run_id, "train/loss")]
    return runs[0], steps


def test_ctrl_c_keeps_the_finished_epochs_and_says_so(project, user_environment):
    project.succeed(sys.executable, "-m", "pipeline.params", *SETTINGS)
    process = train_until(project, user_environment, 1)
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "Traceback" not in output
    kept = re.search(r"(\d) of 8 epochs( and \d+ of \d+ batches)? are in the checkpoint; dvc repro resumes", output)
    assert kept
    run, steps = only_run(project)
    assert run.info.status == "KILLED"
    assert len(steps) == int(kept[1]) >= 1


def test_a_training_that_ended_before_dvc_recorded_it_is_not_repeated(project):
    """As if the stage had been killed between its last line and DVC's writing of dvc.lock.

    The same for the second of two experiments that train with the same settings: it waits for the first one.
    """
    project.succeed(sys.executable, "-m", "pipeline.params", *QUICK, "recipe.seed=7")
    project.succeed(sys.executable, "-m", "pipeline.train")
    trained = project.json("outputs/train/run.json")
    newest = max((project.root / ".checkpoints").iterdir(), key=lambda path: path.stat().st_mtime)
    with process_lock(newest / "lock", pytest.fail):  # as if it were still at it
        process = start_repro(project, warm_environment())
        waiting = f"another process (pid {os.getpid()}) trains with the same settings; waiting for its result\n"
        assert waiting in process.stdout
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "the other process has finished this training: saving its result here too" in output
    assert "epoch 1/1" not in output
    again = project.json("outputs/train/run.json")
    assert (again["run_id"], again["model_digest"]) == (trained["run_id"], trained["model_digest"])


def test_settings_that_cannot_be_trained_leave_no_run(project, command):
    def runs():
        client = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")
        return {run.info.run_id for run in client.search_runs([client.get_experiment_by_name("smoke").experiment_id])}

    before, folders = runs(), set((project.root / ".checkpoints").iterdir())
    project.succeed(sys.executable, "-m", "pipeline.params", *QUICK, "recipe.accumulate=1024")
    done = command(project.root, "pipeline.train")
    assert "recipe.accumulate (1024) is more than the" in done.errors
    assert runs() == before
    assert set((project.root / ".checkpoints").iterdir()) == folders
    project.succeed(sys.executable, "-m", "pipeline.params", *QUICK, "recipe.seed=7")


def test_outside_a_project_it_says_so(project, tmp_path):
    done = project.run(sys.executable, "-m", "pipeline.params", cwd=tmp_path, PYTHONPATH=str(project.root))
    assert done.returncode == 1
    assert done.stdout.strip().endswith("cd into your clone first.")


def test_a_stage_refuses_arguments_and_names_the_right_command(project):
    output = project.fail(sys.executable, "-m", "pipeline.train", "recipe.epochs=3")
    assert f"python -m pipeline.params {' '.join(QUICK)} recipe.seed=7 recipe.epochs=3 && dvc repro train" in output


@pytest.mark.parametrize(
    ("module", "advice"),
    [
        ("train", "dvc repro prepare"),
        ("evaluate", "dvc repro prepare"),
        ("register", "dvc repro"),
        ("summary", "dvc repro"),
    ],
)
def test_missing_inputs_name_the_stage_that_makes_them(project, command, module, advice):
    shutil.rmtree(project.root / "outputs", ignore_errors=True)
    done = command(project.root, f"pipeline.{module}")
    assert done.code == 1
    assert advice in done.errors
    assert "Traceback" not in done.errors


def test_a_silent_tracking_server_is_refused_at_once(project, command):
    project.succeed(sys.executable, "-m", "pipeline.params", *SETTINGS, "tracking.uri=http://127.0.0.1:9")
    project.succeed("dvc", "repro", "prepare")
    done = command(project.root, "pipeline.train")
    assert done.code == 1
    assert "no MLflow server answers at http://127.0.0.1:9" in done.errors
    assert "Traceback" not in done.errors
