"""Two workers with the same trial do not share its checkpoints."""

import fcntl
import threading

import pytest


@pytest.fixture
def store(keras, tmp_path):
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    def make():
        return CheckpointStore(tmp_path, "trial-0")

    return make


def test_a_worker_that_hangs_keeps_its_checkpoints_and_another_gets_empty_ones(store):
    from pipeline.search.engine.trial_checkpoints import held_checkpoints

    with store().hold(pytest.fail), held_checkpoints(store(), patience=0.0) as separate:
        assert separate.folder != store().folder
        assert separate.load().epochs == 0
    assert list(store().folder.parent.iterdir()) == []


def test_a_worker_that_ends_soon_is_waited_for(store):
    from pipeline.search.engine.trial_checkpoints import held_checkpoints

    ended, held = threading.Event(), threading.Event()

    def other():
        with store().hold(pytest.fail):
            held.set()
            ended.wait()

    worker = threading.Thread(target=other)
    worker.start()
    held.wait()
    threading.Timer(0.1, ended.set).start()
    with held_checkpoints(store()) as checkpoints:
        assert checkpoints.folder == store().folder
    worker.join()


def test_a_worker_that_comes_just_before_is_not_waited_for_without_end(store, monkeypatch):
    from pipeline.search.engine.trial_checkpoints import held_checkpoints

    real = fcntl.flock

    def flock(file, kind):
        if kind & fcntl.LOCK_SH:
            return  # nobody has it at the time of a look
        assert kind & fcntl.LOCK_NB
        real(file, kind)

    with store().hold(pytest.fail):
        monkeypatch.setattr(fcntl, "flock", flock)
        with held_checkpoints(store(), patience=0.0) as separate:
            assert separate.folder != store().folder
