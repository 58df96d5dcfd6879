"""The registry of a live MLflow server, over HTTP; it dies half way and comes back. The tests run in order."""

import subprocess
import sys

import mlflow
import pytest

from pipeline.registry.aliases import move_alias
from pipeline.registry.ledger import read_ledger
from pipeline.registry.versions import register_once
from tests.lifecycle.conftest import NAME
from tests.mlflow_server import running_server
from tests.registry.test_versions import DIGEST, links, numbers, race

MOVES = """
import sys
import mlflow
from pipeline.registry.aliases import move_alias
mlflow.set_tracking_uri(sys.argv[1])
for turn in range(2):
    for version in (1, 2):
        move_alias(sys.argv[2], sys.argv[3], version, action="promote", reason=f"{sys.argv[3]} {turn}")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory, empty_store):
    with running_server(tmp_path_factory.mktemp("server"), empty_store) as live:
        yield live


@pytest.fixture
def client(server):
    mlflow.set_tracking_uri(server.address)
    return mlflow.MlflowClient()


def test_two_processes_at_once_register_one_version(server, client, tmp_path):
    models = [logged_model(client) for _ in range(2)]
    outputs = race(server.address, models, tmp_path)
    (number,) = numbers(client)
    assert sorted(new for _, new in outputs) in (["False", "True"], ["False", "False"])
    assert {found for found, _ in outputs} == {str(number)}
    assert [links(client, model) for model in models] == [[(NAME, number)]] * 2
    assert client.get_model_version(NAME, str(number)).tags["model.digest"] == DIGEST


def test_two_processes_move_aliases_and_the_ledger_loses_nothing(server, client):
    for digest in "ab":
        register_once("moved", logged_model(client), digest * 64, {}, "to be moved to", ["cat", "dog"])
    command = [sys.executable, "-c", MOVES, server.address, "moved"]
    processes = [subprocess.Popen([*command, alias]) for alias in ("champion", "candidate")]
    assert [process.wait(timeout=600) for process in processes] == [0, 0]
    ledger = read_ledger("moved")
    for alias in ("champion", "candidate"):
        assert [move.after for move in ledger if move.alias == alias] == [1, 2] * 2
    assert {alias: int(number) for alias, number in client.get_registered_model("moved").aliases.items()} == {
        "champion": 2, "candidate": 2
    }  # fmt: skip


def test_a_server_that_dies_half_way_is_one_sentence_and_the_next_run_completes_it(
    server, client, command, project, monkeypatch
):
    move_alias("moved", "candidate", 1, action="register", reason="newest")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.address)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    arguments = ("promote", "moved@candidate", "--force", "--reason", "urgent")
    real = mlflow.MlflowClient.set_registered_model_tag

    def die(self, *values):
        real(self, *values)
        server.kill()

    with monkeypatch.context() as patch:
        patch.setattr(mlflow.MlflowClient, "set_registered_model_tag", die)
        ended = command(project, "pipeline.models", *arguments)
    assert (ended.code, ended.output) == (1, "")
    assert f"error: the MLflow store {server.address} failed: " in ended.errors
    assert ended.errors.endswith("; run the command again to complete it\n")
    before = len(read_local_ledger(server))
    server.start()
    ended = command(project, "pipeline.models", *arguments)
    assert ended.code == 0  # a connection to the server that died may be tried first, with a line
    assert ended.errors in ("", f"waiting for the MLflow server at {server.address}\n")
    assert "moved version 1 is champion now, before it version 2 (forced)" in ended.output
    assert int(client.get_registered_model("moved").aliases["champion"]) == 1
    assert len(read_ledger("moved")) == before
    assert read_ledger("moved")[-1].forced


def logged_model(client):
    """Log an empty model to a new run; return its id."""
    experiment = client.get_experiment_by_name("models")
    identity = experiment.experiment_id if experiment else client.create_experiment("models")
    run = client.create_run(identity).info.run_id
    return client.create_logged_model(identity, "model", source_run_id=run).model_id


def read_local_ledger(server):
    """Return the ledger from the server's file: the server is down."""
    mlflow.set_tracking_uri(f"sqlite:///{server.folder}/mlflow.db")
    try:
        return read_ledger("moved")
    finally:
        mlflow.set_tracking_uri(server.address)
