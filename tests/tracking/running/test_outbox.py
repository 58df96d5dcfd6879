"""What is sent in order by a thread: whatever goes wrong, it is kept, and what is refused holds nothing up."""

import errno
import threading

import pytest
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, UNAUTHENTICATED

from pipeline.tracking.running import outbox
from pipeline.tracking.running.outbox import Outbox


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(outbox, "WAIT", 0.2)
    monkeypatch.setattr(outbox, "RETRY", 0.05)


class Store:
    """Takes items, except with the errors that a test sets; keeps what waits."""

    def __init__(self):
        self.got, self.kept, self.errors = [], [], {}

    def deliver(self, item):
        if error := self.errors.get(item):
            raise error
        self.got.append(item)

    def keep(self, items):
        self.kept = list(items)


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def box(store):
    opened = Outbox("sqlite:///mlflow.db", store.deliver, "the search", keep=store.keep)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "error",
    [
        MlflowException("the run must be in 'active' state", INVALID_PARAMETER_VALUE),
        MlflowException("no run", RESOURCE_DOES_NOT_EXIST),
        KeyError("an entry of an earlier version"),
        FileNotFoundError(errno.ENOENT, "No such file", "report.html"),
    ],
)
def test_what_is_refused_for_good_is_left_out_with_one_line(store, box, capsys, error):
    store.errors = {"b": error, "d": error}
    for item in "abcde":
        box.put(item)
    assert box.flush(10)
    assert (store.got, store.kept, box.refused) == (["a", "c", "e"], [], 2)
    output, errors = capsys.readouterr()
    (line,) = output.splitlines()
    assert "refused some metrics for good" in line
    assert errors == ""


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        PermissionError(errno.EACCES, "Permission denied"),
        MlflowException("who are you?", UNAUTHENTICATED),
    ],
)
def test_what_may_pass_is_waited_for_and_kept_in_order(store, box, capsys, error):
    store.errors = {"a": error}
    box.put("a")
    box.put("b")
    assert not box.flush(1)
    assert (store.got, store.kept) == ([], ["a", "b"])
    store.errors = {}
    assert box.flush(10)
    assert (store.got, store.kept, box.refused) == (["a", "b"], [], 0)
    output, errors = capsys.readouterr()
    assert len(output.splitlines()) == 2
    assert errors == ""


def test_what_waits_is_kept_though_the_store_is_only_slow(store):
    go = threading.Event()

    def slow(item):
        go.wait(60)
        store.deliver(item)

    box = Outbox("sqlite:///mlflow.db", slow, "the search", keep=store.keep, waiting=["a", "b"])
    assert store.kept == ["a", "b"]
    box.put("c")
    assert store.kept == ["a", "b", "c"]
    go.set()
    assert box.flush(10)
    assert (store.got, store.kept) == (["a", "b", "c"], [])
    box.close()


def test_what_cannot_be_kept_ends_neither_the_work_nor_the_thread(store, capsys):
    def full(items):
        raise OSError(errno.ENOSPC, "No space left on device")

    box = Outbox("sqlite:///mlflow.db", store.deliver, "the search", keep=full)
    box.put("a")
    assert box.flush(10)
    assert store.got == ["a"]
    assert "cannot be kept" in capsys.readouterr().out
    box.close()
