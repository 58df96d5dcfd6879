"""The run of a training whose server fails: nothing is lost, nothing is doubled, nothing is waited for."""

import mlflow
import pytest

from pipeline.base.processes.process_identity import process_stamp
from pipeline.tracking.metric_names import EPOCH
from pipeline.tracking.running import live_run as module
from pipeline.tracking.running import outbox
from pipeline.tracking.running.live_run import live_run
from pipeline.tracking.running.run_process import PROCESS
from pipeline.tracking.server import first_answer
from pipeline.tracking.store import check_server


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(outbox, "WAIT", 0.5)
    monkeypatch.setattr(outbox, "RETRY", 0.2)
    monkeypatch.setattr(outbox, "REQUEST_SECONDS", 1)
    monkeypatch.setattr(module, "PATIENCE", 2.0)
    monkeypatch.setattr(first_answer, "PATIENCE", 1.0)


@pytest.fixture
def run_id(server, proxy):
    """A run on the server; MLflow points to the proxy before it."""
    client = mlflow.MlflowClient(server.address)
    found = client.get_experiment_by_name("live")
    created = client.create_run(found.experiment_id if found else client.create_experiment("live")).info.run_id
    check_server(proxy.uri)
    return created


@pytest.fixture
def on_server(server, run_id):
    """Return the epochs and the status that the server has."""
    client = mlflow.MlflowClient(server.address)

    def look():
        points = client.get_metric_history(run_id, EPOCH["loss"])
        return [(point.step, point.value) for point in points], client.get_run(run_id).info.status

    return look


def epoch(number):
    return {"epoch": float(number), "loss": 1 / number, "accuracy": 0.5}


@pytest.mark.parametrize("fault", ["hang", "500", "drop", "lost", "401"])
def test_what_a_failing_server_misses_is_sent_later_once_and_in_order(proxy, run_id, on_server, capsys, fault):
    with live_run(run_id, proxy.uri) as run:
        run.log_epoch(epoch(1))
        with proxy.faulty(fault):
            for number in (2, 3, 4):
                run.log_epoch(epoch(number))
        run.finish(lambda: None)
    assert on_server() == ([(number, 1 / number) for number in (1, 2, 3, 4)], "FINISHED")
    output, errors = capsys.readouterr()
    lost, back = output.splitlines()
    says = "refuses what is logged" if fault == "401" else "does not answer"
    assert f"the MLflow server {proxy.uri} {says}" in lost
    assert lost.endswith("; training continues, its metrics will be sent later")
    assert back.endswith(f"the MLflow server {proxy.uri} answers again; what it missed has been sent")
    assert errors == ""


def test_a_server_that_is_gone_at_the_end_leaves_one_line_and_an_incomplete_run(proxy, run_id, on_server, capsys):
    logged = []
    with live_run(run_id, proxy.uri, system_metrics=True) as run:
        run.log_epoch(epoch(1))
        proxy.stop()
        run.log_epoch(epoch(2))
        run.finish(lambda: logged.append("result"))
    proxy.start()
    assert logged == []
    assert on_server() == ([(1, 1.0)], "RUNNING")
    output, errors = capsys.readouterr()
    assert len(output.splitlines()) == 2
    assert f"MLflow run {run_id} is not complete" in output
    assert "the next stage, or dvc repro later, logs what is missing" in output
    assert errors == ""


def test_a_result_that_the_server_does_not_take_is_no_error_of_the_training(
    proxy, run_id, on_server, capsys, monkeypatch
):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")

    def log():
        with proxy.faulty("500"):
            mlflow.MlflowClient().set_tag(run_id, "result", "logged")

    with live_run(run_id, proxy.uri) as run:
        run.finish(log)
    assert on_server()[1] == "KILLED"
    assert "is not complete" in capsys.readouterr().out


def test_a_resumed_run_belongs_to_this_process_and_logs_no_epoch_twice(proxy, run_id, on_server):
    with live_run(run_id, proxy.uri) as run:
        run.log_epoch(epoch(1))
    assert on_server() == ([(1, 1.0)], "KILLED")
    with live_run(run_id, proxy.uri, history=[epoch(1), epoch(2)]) as run:
        assert on_server()[1] == "RUNNING"
        run.finish(lambda: None)
    assert on_server() == ([(1, 1.0), (2, 0.5)], "FINISHED")
    assert mlflow.get_run(run_id).data.tags[PROCESS] == process_stamp()


def test_ctrl_c_ends_the_run_as_killed_though_the_server_is_lost_meanwhile(proxy, run_id, on_server):
    def train():
        with live_run(run_id, proxy.uri) as run, proxy.refusing():
            run.log_epoch(epoch(1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train()
    assert on_server() == ([(1, 1.0)], "KILLED")
