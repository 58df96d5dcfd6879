"""The checkpoint of a training: whole after any kill, restored bit for bit."""

import numpy as np
import pytest

from pipeline.base.processes.process_identity import machine


@pytest.fixture
def checkpoints(keras, tmp_path):
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    return CheckpointStore(tmp_path, "key")


def history(*losses):
    return [{"epoch": number + 1.0, "val_loss": loss} for number, loss in enumerate(losses)]


def fresh(checkpoints):
    """Return the store that the next process has."""
    return type(checkpoints)(checkpoints.folder.parents[1], checkpoints.folder.name)


def same_values(values, one, other):
    for first, second in zip(values(one), values(other), strict=True):
        np.testing.assert_array_equal(first, second)


def test_without_a_checkpoint_there_is_nothing_to_resume(checkpoints):
    assert checkpoints.load().epochs == 0
    assert checkpoints.load().run_id is None


def test_a_saved_state_is_restored_bit_for_bit_with_optimizer_and_random_states(checkpoints, small_model, values):
    saved = small_model(1)
    checkpoints.set_run("abc")
    checkpoints.save(saved, history(0.5), best=saved.weights, seconds=3.0)
    checkpoint = checkpoints.load()
    assert (checkpoint.run_id, checkpoint.history, checkpoint.seconds) == ("abc", history(0.5), 3.0)
    other = small_model(2)
    assert any((one != two).any() for one, two in zip(values(saved), values(other), strict=True))
    checkpoints.restore(other)
    same_values(values, saved, other)
    assert int(other.optimizer.iterations) == 1


def test_a_restored_training_continues_as_the_saved_one(checkpoints, small_model, values):
    saved, other = small_model(1), small_model(2)
    checkpoints.save(saved, history(0.5), best=saved.weights)
    checkpoints.restore(other)
    batch = np.linspace(-2, 1, 24).reshape(8, 3), np.zeros((8, 2))
    assert saved.train_on_batch(*batch) == other.train_on_batch(*batch)
    same_values(values, saved, other)


def test_the_best_epochs_weights_stay_when_a_worse_epoch_follows(checkpoints, small_model):
    best, worse = small_model(1), small_model(2)
    checkpoints.save(best, history(0.5), best=best.weights)
    checkpoints.save(worse, history(0.5, 0.9), best=None)
    for one, two in zip(checkpoints.best_weights(), best.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    checkpoints.save(worse, history(0.5, 0.9, 0.1), best=worse.weights)
    for one, two in zip(checkpoints.best_weights(), worse.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_the_times_of_the_epochs_add_up(checkpoints, small_model):
    model = small_model()
    for losses in ([0.5], [0.5, 0.4]):
        checkpoints.save(model, history(*losses), best=model.weights, seconds=2.0)
    assert checkpoints.load().seconds == 4.0


def files(checkpoints):
    return sorted(file.name for file in checkpoints.folder.iterdir())


def test_the_last_two_states_and_the_best_weights_take_space(checkpoints, small_model):
    model = small_model()
    checkpoints.save(model, history(0.5), best=model.weights)
    for losses in ([0.5, 0.9], [0.5, 0.9, 0.8], [0.5, 0.9, 0.8, 0.7]):
        checkpoints.save(model, history(*losses))
    assert files(checkpoints) == [
        "best-00001.npz", "checkpoint.json", "previous.json", "state-00003-000000.npz", "state-00004-000000.npz"
    ]  # fmt: skip
    checkpoints.finish("0" * 32)
    assert files(checkpoints) == ["best-00001.npz", "checkpoint.json"]
    checkpoints.finish("1" * 32)
    assert fresh(checkpoints).load().results == ["0" * 32, "1" * 32]
    assert len(fresh(checkpoints).best_weights()) == len(model.weights)


def test_a_kill_in_the_middle_of_saving_is_harmless(checkpoints, small_model, values):
    saved = small_model(1)
    checkpoints.save(saved, history(0.5), best=saved.weights)
    (checkpoints.folder / f".partial-4194305-{machine()}-abcdefgh.npz").write_bytes(b"half")
    (checkpoints.folder / f".partial-4194305-{machine()}-abcdefgh.json").write_text("{", encoding="utf-8")
    (checkpoints.folder / "state-00002-000000.npz").write_bytes(b"whole, but checkpoint.json does not name it yet")
    other, resumed = small_model(2), fresh(checkpoints)
    with resumed.hold(pytest.fail):
        resumed.restore(other)
        same_values(values, saved, other)
        resumed.save(other, history(0.5, 0.4), best=other.weights)
    assert fresh(checkpoints).load().epochs == 2
    states = ["state-00001-000000.npz", "state-00002-000000.npz"]
    kept = ["best-00001.npz", "best-00002.npz", "checkpoint.json", "lock", "previous.json", *states]
    assert files(checkpoints) == kept


def test_another_key_has_another_checkpoint_and_clearing_removes_it(checkpoints, small_model, tmp_path):
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    model = small_model()
    checkpoints.save(model, history(0.5), best=model.weights)
    assert CheckpointStore(tmp_path, "other").load().epochs == 0
    for _ in range(2):
        checkpoints.clear()
        assert checkpoints.load().epochs == 0
        assert not checkpoints.folder.exists()


def test_a_folder_that_nothing_was_saved_in_does_not_stay(checkpoints):
    with checkpoints.hold(pytest.fail):
        assert files(checkpoints) == ["lock"]
        checkpoints.clear()
        assert files(checkpoints) == ["lock"]
    assert not checkpoints.folder.exists()
