"""A store that does not answer, refuses, or is damaged, as it is opened: one sentence, soon."""

import socket
import sqlite3

import pytest

from pipeline import train
from pipeline.base.errors import StoreError
from pipeline.tracking.server import first_answer
from pipeline.tracking.store import open_store


@pytest.fixture
def opened(config, tmp_path, monkeypatch):
    """Return what opens the store at an address: the experiment's id, or the error; it prints what it waits for."""
    monkeypatch.setattr(first_answer, "PATIENCE", 2.5)  # seconds; 10 of them take all these tests too long
    monkeypatch.setattr(first_answer, "TIMEOUT", 1)

    def open_at(uri, experiment="answers"):
        tracking = config.tracking.model_copy(update={"uri": uri, "experiment": experiment})
        try:
            return open_store(tracking, tmp_path)
        except StoreError as error:
            return str(error)

    return open_at


@pytest.fixture
def patient(opened, monkeypatch):
    """Return what opens the store, and waits as long as a busy machine needs."""
    monkeypatch.setattr(first_answer, "PATIENCE", 120.0)
    monkeypatch.setattr(first_answer, "TIMEOUT", 60)
    return opened


@pytest.mark.parametrize("fault", ["hang", "half-dead", "500", "drop"])
def test_a_server_that_does_not_answer_is_one_sentence_soon(proxy, opened, capsys, fault):
    with proxy.faulty(fault):
        answer = opened(proxy.uri)
    assert answer.startswith(f"no MLflow server answers at {proxy.uri} (")
    assert answer.endswith("; start it, or correct tracking.uri or MLFLOW_TRACKING_URI")
    assert capsys.readouterr() == ("", f"waiting for the MLflow server at {proxy.uri}\n")


def test_a_server_that_is_not_there_is_one_sentence_soon(proxy, opened, capsys):
    with proxy.refusing():
        assert opened(proxy.uri).startswith(f"no MLflow server answers at {proxy.uri} ([Errno 111]")


def test_a_server_that_comes_back_at_once_is_waited_for(proxy, patient):
    with proxy.faulty("500", times=3):
        assert patient(proxy.uri).isdecimal()


@pytest.mark.parametrize("fault", ["drop", "lost", "500"])
def test_a_server_that_loses_every_third_request_is_opened(proxy, patient, fault):
    proxy.every = 3
    with proxy.faulty(fault):
        assert patient(proxy.uri, f"{fault} each third").isdecimal()


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("401", "asks for a user and a password that it knows: set the environment variables MLFLOW_TRACKING_USERNAME"),
        ("403", "does not allow this"),
    ],
)
def test_a_server_that_refuses_names_the_variables(proxy, opened, capsys, fault, says):
    with proxy.faulty(fault):
        answer = opened(proxy.uri)
    assert f"the MLflow server at {proxy.uri} {says}" in answer
    assert "MLFLOW_TRACKING_PASSWORD" in answer
    assert capsys.readouterr() == ("", "")


def test_a_password_in_the_variable_is_sent_and_not_shown(proxy, opened, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_USERNAME", raising=False)
    monkeypatch.delenv("MLFLOW_TRACKING_PASSWORD", raising=False)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", proxy.uri.replace("//", "//ann:s3cret@"))
    with proxy.faulty("500"):
        answer = opened(None)
    assert answer.startswith(f"no MLflow server answers at {proxy.uri} (")
    assert "s3cret" not in answer
    assert opened(None).isdecimal()
    assert proxy.authorizations[-1] == "Basic YW5uOnMzY3JldA=="


def test_a_database_that_is_not_there_is_one_sentence_soon(opened, capsys):
    answer = opened("postgresql://ann:s3cret@127.0.0.1:9/runs")
    assert answer.startswith("MLflow cannot use the store postgresql://ann:***@127.0.0.1:9/runs (tracking.uri or ")
    assert "s3cret" not in answer
    assert capsys.readouterr() == ("", "")


def test_a_damaged_file_is_one_sentence_that_says_what_to_do(opened, tmp_path, capsys):
    (tmp_path / "mlflow.db").write_bytes(b"this is no database\n" * 100)
    answer = opened(None)
    assert "file is not a database" in answer
    assert "mv mlflow.db mlflow.db.broken" in answer
    assert capsys.readouterr() == ("", "")


def test_a_locked_file_is_one_sentence_that_says_what_to_do(opened, empty_store, tmp_path, capsys):
    (tmp_path / "mlflow.db").write_bytes(empty_store.read_bytes())
    other = sqlite3.connect(tmp_path / "mlflow.db")
    other.execute("BEGIN EXCLUSIVE")
    answer = opened(None)
    other.close()
    assert "database is locked" in answer
    assert "another process is writing to it" in answer
    assert capsys.readouterr() == ("", "")
    assert opened(None).isdecimal()


def test_a_training_asks_a_server_before_anything_that_takes_long(config, tmp_path, monkeypatch):
    monkeypatch.setattr(first_answer, "PATIENCE", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        uri = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = config.model_copy(update={"tracking": config.tracking.model_copy(update={"uri": uri})})
    with pytest.raises(StoreError, match="no MLflow server answers"):
        train.main(settings, tmp_path)  # which has no data
