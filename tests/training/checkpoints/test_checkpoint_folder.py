"""Damaged checkpoints are noticed, and old ones removed."""

import errno
import fcntl
import json
import os
import shutil
import stat
from types import SimpleNamespace

import numpy as np
import pytest

from pipeline.base.locks.process_lock import process_lock


def history(epochs):
    return [{"epoch": number + 1.0, "val_loss": 1.0} for number in range(epochs)]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A training after 12 of 40 batches of its second epoch, and the checkpoint of its first epoch."""
    from pipeline.base.tensorflow_import import import_tensorflow

    import_tensorflow()
    import keras

    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    model.train_on_batch(np.ones((4, 3)), np.ones((4, 2)))
    store = CheckpointStore(tmp_path_factory.mktemp("saved"), "key")
    store.set_run("a" * 32)
    store.save(model, history(1), best=model.weights)
    after_epoch = [np.array(value) for value in model.get_weights()]
    model.train_on_batch(np.ones((4, 3)), np.zeros((4, 2)))
    sums = [np.array(variable) for metric in model.metrics for variable in metric.variables]
    store.save(model, history(1), step=12, steps=40)
    return SimpleNamespace(folder=store.folder, model=model, after_epoch=after_epoch, sums=sums)


@pytest.fixture
def store(saved, tmp_path):
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    shutil.copytree(saved.folder, tmp_path / ".checkpoints/key")
    return CheckpointStore(tmp_path, "key")


def flip_a_bit(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


DAMAGES = {
    "truncated": lambda file: os.truncate(file, file.stat().st_size // 2),
    "a flipped bit": flip_a_bit,
    "empty": lambda file: file.write_bytes(b""),
    "garbage": lambda file: file.write_bytes(b"\xff\xfe garbage"),
    "missing": lambda file: file.unlink(),
}
MIDDLE, EPOCH, BEST = "state-00001-000012.npz", "state-00001-000000.npz", "best-00001.npz"


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["checkpoint.json", MIDDLE])
def test_where_a_file_of_the_last_is_damaged_the_one_before_it_is_used(store, saved, name, damage, capsys):
    DAMAGES[damage](store.folder / name)
    assert (store.load().epochs, store.load().step, store.load().run_id) == (1, 0, "a" * 32)
    [line] = capsys.readouterr().out.splitlines()
    assert f"{name} is {'missing' if damage == 'missing' else 'damaged'}" in line
    assert line.endswith("the training resumes from the one before it, after 1 epoch")
    store.restore(saved.model)
    for now, then in zip(saved.model.get_weights(), saved.after_epoch, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize("names", [(MIDDLE, EPOCH), ("checkpoint.json", "previous.json"), (BEST,)])
@pytest.mark.parametrize("damage", DAMAGES)
def test_where_both_are_damaged_the_training_starts_afresh_in_its_run(store, names, damage, capsys):
    for name in names:
        DAMAGES[damage](store.folder / name)
    assert (store.load().epochs, store.load().state, store.load().run_id) == (0, None, "a" * 32)
    [line] = capsys.readouterr().out.splitlines()
    assert names[0] in line
    assert line.endswith("the training starts afresh, in the same MLflow run")


def test_best_weights_with_other_numbers_are_not_taken(store):
    with np.load(store.folder / BEST) as kept:
        changed = {name: kept[name] + 1.0 for name in kept.files}
    np.savez(store.folder / BEST, **changed)
    assert store.load().best is None


def test_numbers_changed_in_the_json_file_are_not_taken(store):
    file = store.folder / "checkpoint.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"val_loss": 1.0', '"val_loss": 0.5'), encoding="utf-8")
    assert store.load().history == history(1)
    assert store.load().step == 0


def test_a_checkpoint_of_an_earlier_version_is_one_line(store, capsys):
    before = {"run_id": "b" * 32, "history": [], "variables": None, "best": None, "seconds": 0.0, "result": None}
    for file in store.folder.glob("*"):
        file.unlink()
    (store.folder / "checkpoint.json").write_text(json.dumps(before), encoding="utf-8")
    assert store.load().epochs == 0
    [line] = capsys.readouterr().out.splitlines()
    assert "checkpoint.json is of another version of this program; the training starts afresh" in line


def test_a_whole_checkpoint_prints_nothing_and_has_the_running_metrics(store, saved, capsys):
    assert store.load().progress(8) == "1 of 8 epochs and 12 of 40 batches"
    assert capsys.readouterr().out == ""
    saved.model.reset_metrics()
    store.restore_metrics(saved.model)
    for now, then in zip([v for m in saved.model.metrics for v in m.variables], saved.sums, strict=True):
        np.testing.assert_array_equal(now, then)


def test_best_weights_that_are_damaged_later_are_refused_in_a_sentence(store):
    from pipeline.training.checkpoints.checkpoint import DamagedCheckpointError

    store.load()
    flip_a_bit(store.folder / BEST)
    with pytest.raises(DamagedCheckpointError, match=r"^best-00001\.npz is damaged"):
        store.best_weights()


def test_a_network_of_other_shapes_is_refused_in_a_sentence(store, keras):
    from pipeline.training.checkpoints.checkpoint import DamagedCheckpointError

    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    other.compile("sgd", "mse")
    with pytest.raises(DamagedCheckpointError, match="of another network"):
        store.restore(other)


def test_pruning_keeps_the_newest_other_trainings_and_those_under_way(tmp_path, capsys):
    from pipeline.training.checkpoints.checkpoint_folder import KEPT_FINISHED, KEPT_UNFINISHED, prune

    for age in range(12):
        for kind in ("finished", "stopped"):
            folder = tmp_path / f"{kind}{age}"
            folder.mkdir()
            (folder / ("state-00001-000000.npz" if kind == "stopped" else "best-00001.npz")).touch()
            os.utime(folder, (1e9 - age, 1e9 - age))
    (tmp_path / "own").mkdir()
    os.utime(tmp_path / "own", (1, 1))
    with process_lock(tmp_path / "finished9/lock", pytest.fail):
        os.utime(tmp_path / "finished9", (1e9 - 9, 1e9 - 9))
        prune(tmp_path / "own")
    printed = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in printed] == [
        f"removed {tmp_path / name}" for name in ("stopped10", "stopped11")
    ]
    kept = {f"finished{age}" for age in range(KEPT_FINISHED)} | {f"stopped{age}" for age in range(KEPT_UNFINISHED)}
    assert {path.name for path in tmp_path.iterdir()} == kept | {"own", "finished9"}


def test_a_disk_that_takes_nothing_is_one_sentence_and_the_last_checkpoint_stays(store, saved, monkeypatch):
    from pipeline.base.errors import PipelineError
    from pipeline.training.checkpoints import array_file

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(array_file.os, "fsync", full)
    with pytest.raises(PipelineError, match=r"could not be written: No space left.*resumes after 1 epoch and 12 of 40"):
        store.save(saved.model, history(2), best=saved.model.weights)
    monkeypatch.undo()
    assert type(store)(store.folder.parents[1], "key").load().step == 12
    assert not list(store.folder.glob(".partial-*"))


def test_a_training_that_starts_while_others_are_pruned_keeps_its_lock(tmp_path, monkeypatch):
    """Between the look at the lock and the removal nobody else can take it."""
    from pipeline.training.checkpoints import checkpoint_folder

    for age in range(checkpoint_folder.KEPT_FINISHED + 1):
        (tmp_path / f"finished{age}").mkdir()
        os.utime(tmp_path / f"finished{age}", (1e9 - age, 1e9 - age))
    taken = []

    def clear(folder):
        with (folder / "lock").open() as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        taken.append(folder)

    monkeypatch.setattr(checkpoint_folder, "clear_folder", clear)
    checkpoint_folder.prune(tmp_path / "own")
    assert taken == [tmp_path / f"finished{checkpoint_folder.KEPT_FINISHED}"]


def test_a_kill_while_a_checkpoint_is_cleared_never_leaves_its_run_to_another_training(store, monkeypatch):
    """Whatever was removed when the kill came, the training is there with its run, or neither is."""
    from pathlib import Path

    from pipeline.training.checkpoints.checkpoint_folder import whole_checkpoint

    real, found = Path.unlink, []

    def unlink(path, missing_ok=False):
        real(path, missing_ok)
        checkpoint = whole_checkpoint(store.folder)[0]
        found.append((checkpoint.run_id is not None, checkpoint.epochs > 0))

    monkeypatch.setattr(Path, "unlink", unlink)
    with store.hold(pytest.fail):
        store.clear()
    assert set(found) == {(True, True), (False, False)}


def test_a_folder_that_cannot_be_synchronized_takes_checkpoints_all_the_same(store, saved, monkeypatch):
    from pipeline.training.checkpoints import array_file

    real = os.fsync

    def refuse(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        real(handle)

    monkeypatch.setattr(array_file.os, "fsync", refuse)
    store.save(saved.model, history(2), best=saved.model.weights)
    assert type(store)(store.folder.parents[1], "key").load().epochs == 2


def test_best_weights_that_were_removed_meanwhile_are_written_again(store, saved):
    store.save(saved.model, history(2), best=saved.model.weights)
    shutil.rmtree(store.folder)
    store.save(saved.model, history(3))
    resumed = type(store)(store.folder.parents[1], "key")
    assert resumed.load().epochs == 3
    assert len(resumed.best_weights()) == len(saved.model.weights)


def test_a_folder_removed_while_it_is_held_does_not_hide_the_error(store):
    def fail():
        shutil.rmtree(store.folder)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), store.hold(pytest.fail):
        fail()
