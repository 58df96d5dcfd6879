"""The state of a training under way: whole after any kill, bit for bit."""

import os

import numpy as np
import pytest


@pytest.fixture
def progress(keras, tmp_path):
    from pipeline.training.progress import Progress

    return Progress(tmp_path, "key")


def state(*losses):
    return {"run_id": "abc", "history": [{"epoch": i + 1.0, "val_loss": loss} for i, loss in enumerate(losses)]}


def test_nothing_saved_is_nothing_to_go_on_from(progress):
    assert progress.load() is None


def test_what_was_saved_is_restored_bit_for_bit_with_optimiser_and_draws(progress, small_model, values):
    saved = small_model(1)
    progress.save(saved, state(0.5), best=saved.weights)
    kept = progress.load()
    assert {key: kept[key] for key in ("run_id", "history")} == state(0.5)
    other = small_model(2)
    assert any((one != two).any() for one, two in zip(values(saved), values(other), strict=True))
    progress.restore(other, kept)
    for one, two in zip(values(saved), values(other), strict=True):
        np.testing.assert_array_equal(one, two)
    assert int(other.optimizer.iterations) == 1


def test_a_restored_training_goes_on_as_the_saved_one(progress, small_model, values):
    saved, other = small_model(1), small_model(2)
    progress.save(saved, state(0.5), best=saved.weights)
    progress.restore(other, progress.load())
    batch = np.linspace(-2, 1, 24).reshape(8, 3), np.zeros((8, 2))
    assert saved.train_on_batch(*batch) == other.train_on_batch(*batch)
    for one, two in zip(values(saved), values(other), strict=True):
        np.testing.assert_array_equal(one, two)


def test_the_best_epochs_weights_stay_when_a_worse_epoch_follows(progress, small_model):
    best, worse = small_model(1), small_model(2)
    progress.save(best, state(0.5), best=best.weights)
    progress.save(worse, state(0.5, 0.9), best=None)
    for one, two in zip(progress.best_weights(), best.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    progress.save(worse, state(0.5, 0.9, 0.1), best=worse.weights)
    for one, two in zip(progress.best_weights(), worse.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_only_the_last_and_the_best_epoch_take_room(progress, small_model):
    model = small_model()
    progress.save(model, state(0.5), best=model.weights)
    for losses in ([0.5, 0.9], [0.5, 0.9, 0.8], [0.5, 0.9, 0.8, 0.7]):
        progress.save(model, state(*losses), best=None)
    assert sorted(file.name for file in progress.folder.iterdir()) == [
        "best-00001.npz",
        "epoch-00004.npz",
        "state.json",
    ]


def test_what_a_kill_in_the_middle_of_saving_leaves_is_harmless(progress, small_model, values):
    saved = small_model(1)
    progress.save(saved, state(0.5), best=saved.weights)
    (progress.folder / ".partial-x.npz").write_bytes(b"half")
    (progress.folder / ".partial-y.json").write_text("{", encoding="utf-8")
    (progress.folder / "epoch-00002.npz").write_bytes(b"whole, but state.json does not know it yet")
    other = small_model(2)
    progress.restore(other, progress.load())
    for one, two in zip(values(saved), values(other), strict=True):
        np.testing.assert_array_equal(one, two)
    progress.save(other, state(0.5, 0.4), best=other.weights)
    assert len(progress.load()["history"]) == 2
    progress.restore(small_model(3), progress.load())
    names = {file.name for file in progress.folder.glob("*.npz") if not file.name.startswith(".")}
    assert names == {"best-00002.npz", "epoch-00002.npz"}


def test_another_key_finds_nothing_and_clearing_forgets(progress, small_model, tmp_path):
    from pipeline.training.progress import Progress

    model = small_model()
    progress.save(model, state(0.5), best=model.weights)
    assert Progress(tmp_path, "other").load() is None
    assert Progress(tmp_path, "key").load() is not None
    progress.clear()
    assert progress.load() is None
    progress.clear()


def test_pruning_keeps_the_newest_trainings_and_its_own(progress):
    from pipeline.training.progress import KEPT

    for age in range(6):
        folder = progress.folder.parent / f"age{age}"
        folder.mkdir(parents=True)
        os.utime(folder, (1e9 - age, 1e9 - age))
    progress.folder.mkdir()
    os.utime(progress.folder, (1, 1))
    progress.prune()
    assert sorted(path.name for path in progress.folder.parent.iterdir()) == [*(f"age{i}" for i in range(KEPT)), "key"]
