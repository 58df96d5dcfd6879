"""The chief and its workers, over the loopback."""

import threading
import time

import pytest

from pipeline.base.errors import PipelineError
from pipeline.search.engine.chief import SearchChief
from pipeline.search.engine.worker_role import worker_role

ADDRESS = {"KERASTUNER_ORACLE_IP": "127.0.0.1", "KERASTUNER_ORACLE_PORT": "8000"}


@pytest.mark.parametrize(("name", "expected"), [("chief", "chief"), ("tuner0", "worker"), ("worker-1", "worker")])
def test_keras_tuners_variables_decide_the_role(name, expected):
    assert worker_role(ADDRESS | {"KERASTUNER_TUNER_ID": name}) == expected
    assert worker_role({}) == "alone"


def test_half_of_the_variables_is_refused():
    with pytest.raises(PipelineError, match="KERASTUNER_TUNER_ID: Keras Tuner's workers need all three"):
        worker_role(ADDRESS)


@pytest.fixture
def serving(oracle, monkeypatch):
    """A chief in a thread, and a way to be one of its workers."""
    from keras_tuner.src.distribute.oracle_client import OracleClient

    limited = oracle("search=random", "search/space=network", "search.max_trials=3")
    chief = SearchChief(oracle=limited, silence=2.0)
    limited.subscribe(chief)
    thread = threading.Thread(target=chief.serve, args=(None,), daemon=True)
    thread.start()

    def worker(name):
        for key, value in {**ADDRESS, "KERASTUNER_ORACLE_PORT": str(chief.port), "KERASTUNER_TUNER_ID": name}.items():
            monkeypatch.setenv(key, value)
        return OracleClient(limited)

    return limited, worker, thread


def finish(client, name):
    """Run trials as a worker; return their ids."""
    done = []
    while (trial := client.create_trial(name)).status != "STOPPED":
        client.update_trial(trial.trial_id, {"val_accuracy": 0.5}, step=1)
        trial.status = "COMPLETED"
        client.end_trial(trial)
        done.append(trial.trial_id)
    return done


def test_a_worker_that_falls_silent_does_not_hang_the_search(serving):
    limited, worker, thread = serving
    lost = worker("worker-0").create_trial("worker-0")
    assert finish(worker("worker-1"), "worker-1") == ["1", "2"]  # then the answer is that there are no more
    time.sleep(3.0)  # the silence that the chief waits for
    assert finish(worker("worker-2"), "worker-2") == [lost.trial_id]
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert [trial.status for trial in limited.trials.values()] == ["COMPLETED"] * 3


def test_a_chief_that_begins_when_all_trials_have_ended_does_not_wait_forever(serving, oracle):
    _, worker, thread = serving
    assert len(finish(worker("worker-0"), "worker-0")) == 3
    thread.join(timeout=30)
    again = oracle("search=random", "search/space=network", "search.max_trials=3")
    again.reload()
    later = threading.Thread(target=SearchChief(oracle=again, silence=0.5).serve, args=(None,), daemon=True)
    later.start()
    later.join(timeout=30)
    assert not later.is_alive()
    assert len(again.end_order) == 3


def test_an_idle_worker_that_falls_silent_is_not_waited_for(serving):
    limited, worker, thread = serving
    limited.tuner_ids.add("worker-1")
    limited.asked["worker-1"] = time.monotonic()
    assert len(finish(worker("worker-0"), "worker-0")) == 3
    thread.join(timeout=30)
    assert not thread.is_alive()


def test_a_port_in_use_is_refused(oracle):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PipelineError, match="cannot listen at"):
            SearchChief(oracle=oracle("search=random", name="other"), silence=1.0, port=taken.getsockname()[1])
