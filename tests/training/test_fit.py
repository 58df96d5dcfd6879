"""One training: repeatable, interruptible, stopped at a NaN loss."""

import os
import shutil
import signal
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from pipeline.base.errors import PipelineError
from pipeline.training.history import best_epoch, better


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """Where the uninterrupted training, which several tests compare with, is kept."""
    return {"home": tmp_path_factory.mktemp("straight")}


@pytest.fixture
def straight(keras, fit_with, shared):
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    if "run" not in shared:
        shared["rows"] = []
        shared["run"] = fit_with(CheckpointStore(shared["home"], "key"), shared["rows"].append)
    return shared["run"]


def assert_same_arrays(one, other):
    assert len(one) == len(other) > 50
    for left, right in zip(one, other, strict=True):
        np.testing.assert_array_equal(left, right)


def test_a_training_reports_the_metrics_of_each_epoch_as_it_ends(straight, shared):
    history = straight.fitted.history
    assert [row["epoch"] for row in history] == [1.0, 2.0, 3.0]
    assert set(history[0]) == {"epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"}
    assert history[-1]["learning_rate"] == pytest.approx(0.0, abs=1e-8)
    assert shared["rows"] == history
    assert straight.fitted.best == min(history, key=lambda row: row["val_loss"])


def test_the_best_epochs_weights_give_the_best_epochs_validation_loss(straight, dataset, tiny, keras):
    from pipeline.data.loader import OrderedBatches

    model = straight.fitted.model
    model.set_weights(straight.fitted.weights)
    found = model.evaluate(OrderedBatches(dataset, "validation", 8).stream(), verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(straight.fitted.best["val_loss"], rel=1e-5)


def test_the_saved_statistics_are_of_images_augmented_as_in_training(straight, dataset, tiny):
    from pipeline.data.loader import TrainingBatches
    from pipeline.training.batch_norm_statistics import recompute_statistics, training_forward
    from pipeline.training.recipe.augmentation import build_augmentation

    model, saved = straight.fitted.model, np.concatenate([np.ravel(value) for value in straight.fitted.weights])

    def with_statistics(augment):
        model.set_weights(straight.fitted.weights)
        batches = TrainingBatches(dataset, 8, tiny.recipe.seed, augment)
        recompute_statistics(
            model, training_forward(model), [batches.batch(0, step)[0] for step in range(batches.steps)]
        )
        return np.concatenate([np.ravel(value) for value in model.get_weights()])

    np.testing.assert_allclose(with_statistics(build_augmentation(tiny.recipe.augment, 1)), saved, rtol=1e-3, atol=1e-4)
    assert np.abs(with_statistics(None) - saved).max() > 0.01


def test_the_same_seed_interrupted_or_not_gives_the_same_weights_and_history(straight, fit_with, tmp_path, capsys):
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    def interrupt(row):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_with(CheckpointStore(tmp_path, "key"), interrupt)
    assert CheckpointStore(tmp_path, "key").load().history == straight.fitted.history[:1]
    rows = []
    resumed = fit_with(CheckpointStore(tmp_path, "key"), rows.append)
    assert "resuming after epoch 1 of 3" in capsys.readouterr().out
    assert [row["epoch"] for row in rows] == [2.0, 3.0]
    assert_same_arrays(resumed.last, straight.last)
    assert_same_arrays(resumed.fitted.weights, straight.fitted.weights)
    assert resumed.fitted.history == straight.fitted.history


@pytest.fixture
def ctrl_c_arrives():
    """What is started in the background ignores SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_keeps_the_batches_that_are_done(straight, fit_with, tmp_path, capsys, ctrl_c_arrives):
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    asked = []

    def press_ctrl_c_after_the_second_batch():
        asked.append(len(asked))
        if len(asked) == 2:
            os.kill(os.getpid(), signal.SIGINT)

    times = SimpleNamespace(due=press_ctrl_c_after_the_second_batch, saved=lambda seconds: None)
    with pytest.raises(KeyboardInterrupt):
        fit_with(CheckpointStore(tmp_path, "key"), times=times)
    assert CheckpointStore(tmp_path, "key").load().progress(3) == "0 of 3 epochs and 3 of 5 batches"
    resumed = fit_with(CheckpointStore(tmp_path, "key"))
    assert "resuming after epoch 0 of 3 and 3 of 5 batches" in capsys.readouterr().out
    assert_same_arrays(resumed.fitted.weights, straight.fitted.weights)
    assert resumed.fitted.history == straight.fitted.history


def test_a_finished_training_fitted_again_trains_no_more(straight, fit_with, shared):
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    rows = []
    again = fit_with(CheckpointStore(shared["home"], "key"), rows.append)
    assert rows == []
    assert_same_arrays(again.last, straight.last)
    assert again.fitted.history == straight.fitted.history


def test_a_nan_loss_stops_training_and_the_message_names_what_to_change(fit_with, tmp_path):
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    wild = {"optimizer": "sgd", "learning_rate": 10.0, "schedule": "constant", "warmup_epochs": 0, "momentum": 0.99}
    expected = r"NaN or infinite at step \d of epoch 1; lower recipe\.learning_rate.* dvc repro again$"
    with pytest.raises(PipelineError, match=expected):
        fit_with(CheckpointStore(tmp_path, "key"), network={"normalization": "none"}, epochs=2, **wild)
    assert CheckpointStore(tmp_path, "key").load().epochs == 0


def test_more_accumulated_batches_than_there_are_is_refused(fit_with, tmp_path):
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    with pytest.raises(PipelineError, match=r"recipe\.accumulate \(99\) is more than the \d+ batches of all epochs"):
        fit_with(CheckpointStore(tmp_path, "key"), accumulate=99)


XLA = """
import sys
from pathlib import Path
from pipeline.base.tensorflow_import import import_tensorflow
import_tensorflow()
import keras, numpy as np
from pipeline.config.parse import parse_config
from pipeline.config.compose import compose
from pipeline.training.engine.fused_layers import MatmulConv2D, FusedBatchNormalization
from pipeline.training.trainable import configure_keras
from pipeline.training.recipe.optimizer import compile_model
for asked in ("recipe.xla=true", "recipe.xla=false"):  # in this order: what determinism changes stays changed
    recipe = parse_config(compose(Path(sys.argv[1]), [asked]), "conf/").recipe
    configure_keras(recipe, quiet=True)
    layers = [MatmulConv2D(3, 1), FusedBatchNormalization(), keras.layers.Flatten(), keras.layers.Dense(2)]
    model = keras.Sequential([keras.Input((4, 4, 1)), *layers])
    compile_model(model, recipe, 5)
    model.fit(np.ones((4, 4, 4, 1)), np.eye(2)[[0, 1, 0, 1]], verbose=0)
    print(asked, model.jit_compile)
"""


def test_steps_are_compiled_with_xla_when_asked(root):
    done = subprocess.run([sys.executable, "-c", XLA, root], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-2:] == ["recipe.xla=true True", "recipe.xla=false False"]


def test_a_loss_that_becomes_nan_later_leaves_the_best_weights_in_a_file(keras, fit_with, tmp_path):
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    def interrupt(row):
        raise KeyboardInterrupt

    calm = {"optimizer": "sgd", "schedule": "step", "warmup_epochs": 0, "momentum": 0.99}
    with pytest.raises(KeyboardInterrupt):
        fit_with(CheckpointStore(tmp_path, "key"), interrupt, {"normalization": "none"}, learning_rate=1e-3, **calm)
    expected = r"at step \d of epoch 2; .*The best weights so far are in"
    with pytest.raises(PipelineError, match=expected) as caught:
        fit_with(CheckpointStore(tmp_path, "key"), network={"normalization": "none"}, learning_rate=10.0, **calm)
    kept = tmp_path / ".checkpoints/key/best.keras"
    assert str(kept) in str(caught.value)
    for one, two in zip(
        keras.models.load_model(kept).get_weights(), CheckpointStore(tmp_path, "key").best_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, two)


def test_averaged_weights_are_validated_saved_and_resumed_bit_for_bit(keras, fit_with, tmp_path, dataset, capsys):
    """`test_mid_epoch.py` has the same with Muon."""
    from pipeline.data.loader import OrderedBatches
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    changed = {"ema_epochs": 0.5, "optimizer": "sgd", "learning_rate": 0.05, "accumulate": 2, "epochs": 2}
    changed |= {"augment": dict.fromkeys(["shift", "color", "erase", "mixup", "cutmix"], 0.25)}
    changed["augment"] |= {"flip": False, "rand_augment": 0.0}

    def keep_what_a_kill_would_leave(row):
        if row["epoch"] == 1:
            shutil.copytree(tmp_path / "straight", tmp_path / "stopped")

    straight = fit_with(CheckpointStore(tmp_path / "straight", "key"), keep_what_a_kill_would_leave, **changed)
    resumed = fit_with(CheckpointStore(tmp_path / "stopped", "key"), **changed)
    assert "resuming after epoch 1 of 2" in capsys.readouterr().out
    assert_same_arrays(resumed.fitted.weights, straight.fitted.weights)
    model, best = straight.fitted.model, straight.fitted
    model.set_weights(best.weights)
    found = model.evaluate(OrderedBatches(dataset, "validation", 8).stream(), verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(best.best["val_loss"], rel=1e-5)


def test_validation_does_not_depend_on_batch_normalizations_moving_averages(straight, fit_with, tmp_path):
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    slow = fit_with(CheckpointStore(tmp_path, "key"), network={"normalization_momentum": 0.999})
    assert slow.fitted.best["val_loss"] == pytest.approx(straight.fitted.best["val_loss"], rel=1e-3)


def test_patience_ends_a_training_that_no_longer_improves(fit_with, tmp_path):
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    still = {"optimizer": "sgd", "learning_rate": 1e-30, "schedule": "constant", "warmup_epochs": 0, "patience": 2}
    run = fit_with(
        CheckpointStore(tmp_path, "key"), network={"normalization": "none", "dropout": 0.0}, epochs=9, **still
    )
    assert len(run.fitted.history) == 3
    again = fit_with(
        CheckpointStore(tmp_path, "key"), network={"normalization": "none", "dropout": 0.0}, epochs=9, **still
    )
    assert again.fitted.history == run.fitted.history


@pytest.mark.parametrize(("monitor", "best"), [("val_loss", 2.0), ("val_accuracy", 3.0)])
def test_the_best_row_is_the_first_of_the_best(monitor, best):
    losses, accuracies = [0.9, 0.5, 0.6, 0.5], [0.1, 0.2, 0.7, 0.7]
    pairs = zip(losses, accuracies, strict=True)
    rows = [{"epoch": i + 1.0, "val_loss": a, "val_accuracy": b} for i, (a, b) in enumerate(pairs)]
    assert best_epoch(rows, monitor)["epoch"] == best
    assert not better(rows[0], rows[0], monitor)
