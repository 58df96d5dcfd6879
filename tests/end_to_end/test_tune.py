"""A user's search: the real command, DVC, MLflow, kills and workers."""

import os
import signal
import subprocess
import sys
import time

import mlflow
import pytest
import yaml

TUNE = (sys.executable, "-m", "pipeline.tune")
SMALL = ["data.height=16", "data.width=16", "model.width=0.125", "recipe.epochs=2", "recipe.precision=float32"]
SMALL += ["model.normalization=none", "recipe.optimizer=sgd"]
SMALL += ["data.max_per_class=60", "evaluation.robustness_images=20"]
QUICK = ["search=random", "search.max_trials=2", "search.images=320", "search.retrain.top=1", "search.retrain.seeds=1"]


@pytest.fixture(scope="module")
def client(project):
    return mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")


def searches(client):
    experiment = client.get_experiment_by_name("googlenet-digits-search")
    return client.search_runs([experiment.experiment_id], "tags.`search.kind` = 'search'", order_by=["start_time ASC"])


def trials(client, parent, kind="trial"):
    query = f"tags.`mlflow.parentRunId` = '{parent.info.run_id}' and tags.`search.kind` = '{kind}'"
    found = client.search_runs([parent.info.experiment_id], query)
    return {run.data.tags["search.trial"]: run for run in found}


def test_a_search_prepares_its_data_and_writes_what_dvc_trains(project, client):
    project.succeed(sys.executable, "-m", "pipeline.params", *SMALL)
    output = project.succeed(*TUNE, *QUICK)
    assert "prepared " in output
    assert "train it with: dvc exp run" in output
    tuned = yaml.safe_load((project.root / "conf/model/tuned.yaml").read_text())
    assert tuned["name"] == "tuned"
    assert (project.root / "outputs/search/report.html").is_file()
    [parent] = searches(client)
    assert parent.info.status == "FINISHED"
    assert {file.path for file in client.list_artifacts(parent.info.run_id)} >= {
        "report.html",
        "tuned.yaml",
        "pareto.png",
    }
    assert {run.info.status for run in trials(client, parent).values()} == {"FINISHED"}
    assert len(trials(client, parent)) == 2
    assert trials(client, parent, "retrain")
    assert all(run.data.metrics["multiply_adds"] > 0 for run in trials(client, parent).values())


def test_the_same_search_again_repeats_nothing_and_dvc_trains_its_result(project, client):
    output = project.succeed(*TUNE, *QUICK)
    assert "trial 0  " in output.split("2 trials completed")[1]
    assert "search: " not in output
    [parent] = searches(client)
    assert len(trials(client, parent)) == 2
    command = output.split("train it with: ")[1].splitlines()[0].split()
    project.succeed(*command, "-S", "gate=open")
    params = yaml.safe_load((project.root / "params.yaml").read_text())
    assert params["model"]["name"] == "tuned"
    project.succeed(sys.executable, "-m", "pipeline.params", *SMALL)


def test_a_search_killed_in_a_trial_resumes_in_the_same_runs(project, client, user_environment):
    options = [*QUICK, "search.seed=1", "search.retrain.top=0"]
    with (project.root / "killed.log").open("wb") as log:
        process = subprocess.Popen([*TUNE, *options], cwd=project.root, env=user_environment, stdout=log, stderr=log)
    for _ in range(1200):
        time.sleep(0.1)
        found = searches(client)
        running = trials(client, found[-1]) if len(found) == 2 else {}
        if "1" in running:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert running["1"].info.status == "RUNNING"
    project.succeed(*TUNE, *options)
    parent = searches(client)[-1]
    assert len(searches(client)) == 2
    after = trials(client, parent)
    assert sorted(after) == ["0", "1"]
    assert after["1"].info.run_id == running["1"].info.run_id
    assert {run.info.status for run in after.values()} == {"FINISHED"}
    for run in after.values():
        steps = [metric.step for metric in client.get_metric_history(run.info.run_id, "train/loss")]
        assert steps == [1, 2]


def test_two_workers_make_one_search_and_a_killed_one_does_not_hang_it(project, client, user_environment):
    options = [*QUICK, "search.seed=2", "search.workers=2", "search.max_trials=3", "search.retrain.top=0"]
    with (project.root / "workers.log").open("wb") as log:
        chief = subprocess.Popen([*TUNE, *options], cwd=project.root, env=user_environment, stdout=log, stderr=log)
    for _ in range(1200):
        time.sleep(0.1)
        found = searches(client)
        if len(found) == 3 and trials(client, found[-1]):
            break
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(chief.pid)], capture_output=True, text=True, check=True
    )
    os.kill(int(children.stdout.split()[0]), signal.SIGKILL)
    assert chief.wait(timeout=300) == 0, (project.root / "workers.log").read_text()
    parent = searches(client)[-1]
    found = trials(client, parent)
    assert sorted(found) == ["0", "1", "2"]
    assert {run.info.status for run in found.values()} == {"FINISHED"}
    assert parent.info.status == "FINISHED"


def test_ctrl_c_ends_the_search_and_keeps_the_result_of_a_finished_one(project, client, user_environment):
    tuned = project.root / "conf/model/tuned.yaml"
    before = tuned.read_bytes()
    options = [*QUICK, "search.seed=3", "search.max_trials=9"]
    process = subprocess.Popen(
        [*TUNE, *options],
        cwd=project.root,
        env=user_environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("trial 0"):
            process.send_signal(signal.SIGINT)
    assert process.wait() == 130
    output = "".join(lines)
    assert "Traceback" not in output
    assert "interrupted: 1 trial has ended, the best is 0; conf/model/tuned.yaml was kept: it is from trial" in output
    assert tuned.read_bytes() == before
    parent = searches(client)[-1]
    assert parent.info.status == "KILLED"
    status = {name: run.info.status for name, run in trials(client, parent).items()}
    assert status.pop("1", "KILLED") == "KILLED"  # unless it had not begun
    assert status == {"0": "FINISHED"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            ["search.limits.multiply_adds=10"],
            "error: not even the smallest network of search.space is within the limits",
        ),
        (["tracking.uri=http://127.0.0.1:9"], "error: no MLflow server answers at http://127.0.0.1:9"),
        (["data.height=20"], "error: a search uses the data of params.yaml"),
        (["--take"], "error: --take needs the id of a trial, such as --take 7"),
        (["--multirun"], "error: a search has many trials already"),
    ],
)
def test_bad_input_gets_one_sentence_before_any_trial(project, command, options, expected):
    done = command(project.root, "pipeline.tune", *options)
    assert done.code == 1
    assert done.errors.strip().splitlines()[-1].startswith(expected)
    assert "Traceback" not in done.errors


def test_a_fault_in_every_trial_ends_the_search_with_its_cause_and_a_report(project, client):
    output = project.fail(*TUNE, *QUICK, "search.max_trials=9", "recipe.learning_rate=10", "recipe.weight_decay=1")
    assert "three trials in a row failed" in output
    parent = searches(client)[-1]
    assert parent.info.status == "FAILED"
    assert {run.info.status for run in trials(client, parent).values()} == {"FAILED"}
    page = (project.root / "outputs/search/report.html").read_text()
    assert "0 trials completed, 3 failed" in page


def test_hydra_answers_what_begins_with_a_dash(project):
    assert "max_trials: 7" in project.succeed(*TUNE, "search.max_trials=7", "--cfg", "job")
    assert "search/space: blocks, branches" in project.succeed(*TUNE, "--help")
