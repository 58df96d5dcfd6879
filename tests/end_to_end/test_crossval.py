"""A user's cross-validation: the real command, DVC, MLflow, a kill. The tests run in order."""

import os
import signal
import subprocess
import sys
import time

import mlflow
import pandas as pd
import pytest

CROSSVAL = (sys.executable, "-m", "pipeline.crossval")
SMALL = ("--folds", "2", "experiment=smoke", "data.max_per_class=40")
SMALL += ("recipe.epochs=3", "model.normalization=none", "recipe.optimizer=sgd")  # half the time to trace
PATIENCE = 1200  # seconds, however busy the machine


@pytest.fixture(scope="module")
def client(project):
    return mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")


def runs(client, query):
    return client.search_runs([client.get_experiment_by_name("smoke").experiment_id], query)


def state(project):
    return project.git_status(), project.succeed("git", "stash", "list"), (project.root / "params.yaml").read_bytes()


def test_killed_in_the_second_fold_and_run_again_it_does_not_repeat_the_first(project, client, user_environment):
    (project.root / "README.md").write_text("changed, and not committed")
    before = state(project)
    logs = project.root / "outputs/crossval"
    with (project.root.parent / "killed.log").open("wb") as output:
        process = subprocess.Popen(
            [*CROSSVAL, *SMALL],
            cwd=project.root,
            env=user_environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    until = time.monotonic() + PATIENCE
    while not any("\nepoch 1/" in log.read_text() for log in logs.glob("*-fold-2.log")):
        assert process.poll() is None, (project.root.parent / "killed.log").read_text()
        assert time.monotonic() < until
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert state(project) == before
    killed = {run.data.tags["crossval.fold"]: run for run in runs(client, "tags.`crossval.fold` != ''")}
    assert sorted(killed) == ["1", "2"]

    output = project.succeed(*CROSSVAL, *SMALL)
    assert output.count("(reused: experiment crossval-") == 1
    assert "fold 1 of 2: train" not in output
    assert "fold 2 of 2: train" in output
    [log] = logs.glob("*-fold-2.log")
    assert "resuming after epoch" in log.read_text()
    assert state(project) == before
    [parent] = runs(client, "tags.`crossval.name` != ''")
    assert parent.info.status == "FINISHED"
    children = {run.data.tags["crossval.fold"]: run for run in runs(client, "tags.`crossval.fold` != ''")}
    assert {fold: run.info.run_id for fold, run in children.items()} == {
        fold: run.info.run_id for fold, run in killed.items()
    }
    for run in children.values():
        assert run.info.status == "FINISHED"
        assert run.data.tags["mlflow.parentRunId"] == parent.info.run_id
        steps = [metric.step for metric in client.get_metric_history(run.info.run_id, "train/loss")]
        assert steps == [1, 2, 3]


def test_page_tables_and_parent_run_have_mean_and_deviation_of_the_children(project, client):
    folder = project.root / "outputs/crossval"
    folds = pd.read_csv(folder / "folds.csv")
    assert folds["images"].sum() == 400
    [parent] = runs(client, "tags.`crossval.name` != ''")
    accuracies = [run.data.metrics["test/accuracy"] for run in runs(client, "tags.`crossval.fold` != ''")]
    assert sorted(folds["accuracy"]) == pytest.approx(sorted(accuracies), abs=1e-6)
    summary = project.json("outputs/crossval/summary.json")
    for found in (parent.data.metrics["test/accuracy_std"], summary["metrics"]["accuracy"]["std"]):
        assert found == pytest.approx(folds["accuracy"].std(), abs=1e-5)
    assert "class/7/recall_mean" in parent.data.metrics
    assert {"report.html", "classes.csv"} <= {file.path for file in client.list_artifacts(parent.info.run_id)}
    assert f"{folds['accuracy'].mean():.4f}" in (folder / "report.html").read_text()
    assert not list((project.root / ".dvc/tmp/crossval").iterdir())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["recipe.epcohs=3"], "error: unknown key 'recipe.epcohs' (did you mean 'recipe.epochs'?)"),
        (["data.fold=2"], "error: data.fold is what a cross-validation varies; give the number of folds with: --folds"),
        (["data=folder", "data.path=nowhere"], "error: data.path=nowhere does not exist"),
        (["tracking.uri=http://127.0.0.1:9"], "error: no MLflow server answers at http://127.0.0.1:9"),
    ],
)
def test_wrong_settings_are_refused_before_anything_runs(project, command, arguments, sentence):
    project.succeed("git", "checkout", "-q", ".")
    done = command(project.root, "pipeline.crossval", *arguments)
    assert done.code == 1
    (only,) = [line for line in done.errors.splitlines() if not line.startswith("waiting for ")]
    assert only.startswith(sentence)


def test_a_fold_that_fails_is_named_with_its_reason(project, command, client):
    done = command(project.root, "pipeline.crossval", "experiment=smoke", "data.max_per_class=1")
    assert done.code == 1
    assert "error: fold 1 failed: " in done.errors
    assert "0 of 5 folds are done and kept, the same command tries again" in done.errors
    assert "failed" in done.output
    assert "FAILED" in {run.info.status for run in runs(client, "tags.`crossval.name` != ''")}
