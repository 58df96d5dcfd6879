"""Runs whose process was killed."""

import subprocess
import sys

import mlflow
import pandas as pd
import pytest
from mlflow.entities import RunTag

from pipeline.base.processes.process_identity import process_stamp
from pipeline.tracking.metric_names import EPOCH
from pipeline.tracking.running.run_process import MACHINE, PROCESS, close_abandoned, create_run
from pipeline.tracking.runs.training_run import TrainingRun

COLUMNS = ("path", "label", "split", "width", "height", "position")


@pytest.fixture
def gone():
    """The stamp of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        stamp = process_stamp(process.pid)
        process.communicate(b"\n")
    return stamp


@pytest.fixture
def client(store):
    mlflow.set_tracking_uri(store)
    return mlflow.MlflowClient()


def disown(client, run_id, stamp, **more):
    """Let a run be that of another process."""
    tags = {PROCESS: stamp, **{name.replace("_", "."): value for name, value in more.items()}}
    client.log_batch(run_id, tags=[RunTag(name, value) for name, value in tags.items()])


def test_runs_of_processes_that_are_gone_are_closed_as_killed_and_no_others(client, gone):
    experiment = client.create_experiment("abandoned")
    killed, elsewhere, own, finished = (create_run(client, experiment, {"a": "1"}) for _ in range(4))
    unknown = client.create_run(experiment).info.run_id
    disown(client, killed, gone)
    disown(client, elsewhere, gone, process_machine="another")
    disown(client, finished, gone)
    client.set_terminated(finished, "FINISHED")
    close_abandoned(client, experiment)
    status = {run.info.run_id: run.info.status for run in client.search_runs([experiment])}
    running = dict.fromkeys((elsewhere, own, unknown), "RUNNING")
    assert status == running | {killed: "KILLED", finished: "FINISHED"}


def test_a_run_is_created_once_though_the_answer_is_lost(proxy, server):
    client = mlflow.MlflowClient(proxy.uri)
    experiment = client.create_experiment("once")
    with proxy.faulty("lost", path="runs/create", times=1):
        created = create_run(client, experiment, {"a": "1"})
    with proxy.faulty("drop", path="runs/create", times=1):
        other = create_run(client, experiment, {"a": "1"})
    assert {run.info.run_id for run in client.search_runs([experiment])} == {created, other}


@pytest.fixture
def training(config, root, empty_store, tmp_path):
    """A training in a project with a separate store."""
    (tmp_path / "mlflow.db").write_bytes(empty_store.read_bytes())
    (tmp_path / "params.yaml").write_bytes((root / "params.yaml").read_bytes())

    class Data:
        class info:  # noqa: N801
            name, digest, classes, shape = "digits", "0" * 64, ["0", "1"], (20, 20, 1)

        folder = tmp_path
        manifest = pd.DataFrame(
            [["a", "0", "train", 8, 8, 0]], columns=["path", "label", "split", "width", "height", "position"]
        )

    run = TrainingRun(config, tmp_path, Data)
    assert run.find(None) is None
    return run


def runs_of(client, experiment):
    return {run.info.run_id for run in client.search_runs([experiment])}


def test_a_run_that_a_killed_process_had_just_created_is_taken(training, gone):
    client = mlflow.MlflowClient()
    orphan = training.create({"environment.cpu": "old"}, "key")
    experiment = client.get_run(orphan).info.experiment_id
    disown(client, orphan, gone)
    assert training.create({"environment.cpu": "new"}, "key") == orphan
    run = client.get_run(orphan)
    assert run.data.tags[PROCESS] == process_stamp()
    assert run.data.tags["environment.cpu"] == "new"
    assert run.data.params["model.dropout"] == "0.4"
    assert runs_of(client, experiment) == {orphan}


def test_no_run_is_taken_that_lives_or_has_epochs_or_is_another_training(training, gone):
    client = mlflow.MlflowClient()
    living = training.create({}, "key")
    trained = training.create({}, "key")
    assert trained != living
    client.log_metric(trained, EPOCH["loss"], 1.0, step=1)
    client.set_terminated(trained, "KILLED")
    disown(client, trained, gone)
    elsewhere = training.create({}, "key")
    disown(client, elsewhere, gone, **{MACHINE: "another"})
    other = training.create({}, "other key")
    client.update_run(other, status="RUNNING")
    disown(client, other, gone)
    assert training.create({}, "key") not in {living, trained, elsewhere, other}
    training.find(None)
    assert client.get_run(other).info.status == "KILLED"
