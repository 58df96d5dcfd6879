"""Real trials of slivers of the network."""

import errno
import shutil

import numpy as np
import pytest

from pipeline.base.errors import PipelineError
from pipeline.config.schema import model_schema
from pipeline.topology.blocks import BLOCKS

FEW_BLOCKS = ("inception_3a", "inception_4a", "inception_5b")
WITHOUT_OTHERS = [f"~model.filters.{block}" for block in BLOCKS if block not in FEW_BLOCKS]


class Notes:
    """A recorder that keeps what it records."""

    def __init__(self):
        self.epochs, self.ends = [], []

    def begin_trial(self, trial_id, values, size, kind="trial"):
        self.size = size

    def log_epoch(self, trial_id, metrics):
        self.epochs.append((trial_id, int(metrics["epoch"])))

    def end_trial(self, trial_id, status, reason, figures):
        self.ends.append((trial_id, status, reason, figures))


@pytest.fixture
def tune_few(tune, monkeypatch):
    """Compose a search of a network of three blocks, which the schema takes here: a third of the time to trace."""
    monkeypatch.setattr(model_schema, "BLOCKS", FEW_BLOCKS)
    return lambda *overrides: tune(*WITHOUT_OTHERS, *overrides)


@pytest.fixture
def searching(tune_few, keras, dataset, tmp_path):
    """Build the tuner of a search in one folder."""
    from pipeline.search.engine.oracles import build_oracle
    from pipeline.search.engine.trial_tuner import TrialTuner
    from pipeline.search.limits import CostLimits

    def build(*overrides, notes=None):
        config = tune_few("search=random", *overrides)
        limits = CostLimits(config, dataset.info.shape, 3)
        oracle = build_oracle(config, exceeded=limits.exceeded)
        return TrialTuner(oracle=oracle, config=config, dataset=dataset, folder=tmp_path, recorder=notes or Notes())

    return build


def scores(tuner):
    return [(trial.trial_id, trial.status, trial.score) for trial in tuner.oracle.trials.values()]


def test_each_epoch_and_the_figures_are_recorded(searching):
    notes = Notes()
    tuner = searching("search.max_trials=1", notes=notes)
    tuner.search()
    assert notes.epochs == [("0", 1), ("0", 2)]
    [(trial, status, reason, figures)] = notes.ends
    assert (trial, status, reason, figures["epochs"]) == ("0", "COMPLETED", "", 2)
    assert figures["val_accuracy"] == tuner.oracle.trials["0"].score
    assert notes.size == tuner.limits.size({})
    assert not list(tuner.folder.glob(".checkpoints/*"))


def test_a_trade_makes_one_score_of_accuracy_and_latency_which_is_recorded(searching, monkeypatch):
    from pipeline.search.cost import network_latency
    from pipeline.search.outcome.ranking import trial_rows

    monkeypatch.setattr(network_latency, "ROUNDS", 1)
    notes, options = Notes(), ["search.max_trials=1", "search.trade=3", "search.cost=latency"]
    options += [
        "search/space=network",
        "search.limits.relative=0.6",
        "model.width=0.25",
    ]  # the first is another network
    tuner = searching(*options, notes=notes)
    tuner.search()
    [row] = trial_rows(searching(*options).oracle, tuner.limits)  # from the saved state
    [(_, _, _, figures)] = notes.ends
    assert row.accuracy == figures["val_accuracy"] == max(row.curve)
    assert row.score == pytest.approx(row.accuracy - 0.03 * np.log2(row.cost.relative)) == figures["score"]
    assert row.cost.latency_ms == figures["latency_ms"] > 0
    assert row.cost.relative != 1.0


def test_a_nan_loss_fails_its_trial_only(searching):
    notes = Notes()
    options = ["search.space.widths=null", "search.space.values.dropout.choices=[0.4]", "recipe.label_smoothing=0"]
    rates = "+search.space.values.rate={key:recipe.learning_rate,choices:[0.005,10.0]}"
    blow = ["recipe.momentum=0.99", "recipe.schedule=constant", "recipe.warmup_epochs=0"]
    tuner = searching(*options, rates, *blow, notes=notes)
    tuner.search()
    by_rate = {trial.hyperparameters.values["rate"]: trial.status for trial in tuner.oracle.trials.values()}
    assert by_rate == {0.005: "COMPLETED", 10.0: "FAILED"}
    [reason] = [reason for _, status, reason, _ in notes.ends if status == "FAILED"]
    assert reason.startswith("the loss is NaN or infinite at step")


def test_the_same_seed_gives_the_same_scores_also_if_a_trial_is_interrupted_and_resumes(searching, tmp_path):
    whole = searching("search.max_trials=2")
    whole.search()
    assert [status for _, status, _ in scores(whole)] == ["COMPLETED"] * 2
    shutil.rmtree(tmp_path / "trials")

    class Killed(Notes):
        def log_epoch(self, trial_id, metrics):
            super().log_epoch(trial_id, metrics)
            if self.epochs == [("0", 1), ("0", 2), ("1", 1)]:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        searching("search.max_trials=2", notes=Killed()).search()
    notes = Notes()
    again = searching("search.max_trials=2", notes=notes)
    again.search()
    assert notes.epochs == [("1", 1), ("1", 2)]
    assert scores(again) == scores(whole)


def test_a_full_disk_and_a_damaged_checkpoint_fail_no_trial(searching, tmp_path, monkeypatch):
    from pipeline.training.checkpoints import checkpoint_store

    write, written = checkpoint_store.write_arrays, []

    def full_at_the_second_epoch(path, arrays):
        written.append(path)
        if len(written) > 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, arrays)

    class Damages(Notes):
        def log_epoch(self, trial_id, metrics):
            for file in tmp_path.glob(".checkpoints/trial-0/state-*.npz"):
                file.unlink()

    notes = [Notes(), Damages(), Notes()]
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint_store, "write_arrays", full_at_the_second_epoch)
        with pytest.raises(PipelineError, match="No space left on device"):
            searching("search.max_trials=1", notes=notes[0]).search()
    with pytest.raises(PipelineError, match=r"state-.* is missing"):
        searching("search.max_trials=1", notes=notes[1]).search()
    assert not list(tmp_path.glob("attempts/*"))
    searching("search.max_trials=1", notes=notes[2]).search()
    assert [[status for _, status, _, _ in one.ends] for one in notes] == [[], [], ["COMPLETED"]]


def test_a_trial_whose_process_died_three_times_is_abandoned(searching):
    from pipeline.base.files import write_json

    notes = Notes()
    tuner = searching("search.max_trials=2", notes=notes)
    write_json(tuner.folder / "attempts" / "0.json", 3)
    tuner.search()
    assert not list(tuner.folder.glob("attempts/*"))  # saved epochs and ends reset the count
    assert [(status, "died 3 times" in reason) for _, status, reason, _ in notes.ends] == [
        ("FAILED", True),
        ("COMPLETED", False),
    ]


def test_hyperband_continues_trials_to_the_result_of_an_uninterrupted_training(searching, tmp_path):
    notes = Notes()
    tuner = searching("search=hyperband", "search.max_trials=4", "recipe.epochs=3", notes=notes)
    tuner.search()
    later = [t for t in tuner.oracle.trials.values() if t.hyperparameters.values.get("tuner/initial_epoch")]
    assert later
    name, past = later[0].trial_id, later[0].hyperparameters.values["tuner/trial_id"]
    steps = {trial: [step for one, step in notes.epochs if one == trial] for trial in (name, past)}
    assert steps == {past: [1], name: [1, 2, 3]}  # the first is the continued trial's, recorded again

    from pipeline.search.space import apply_values
    from pipeline.search.trial import train_trial
    from pipeline.search.trial_values import searched_values
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    unbroken = train_trial(
        tuner.dataset,
        apply_values(tuner.config, searched_values(later[0])),
        "val_accuracy",
        CheckpointStore(tmp_path, "whole"),
        lambda metrics: None,
    )
    assert unbroken.best["val_accuracy"] == later[0].score


def test_a_subset_has_the_classes_in_proportion(dataset):
    subset = dataset.subset(12)
    assert len(subset.rows("train")) == 12
    counts = np.bincount(subset.indices("train")[1])
    whole = np.bincount(dataset.indices("train")[1])
    assert np.abs(counts / 12 - whole / whole.sum()).max() <= 1 / 12
    assert subset.rows("validation").equals(dataset.rows("validation"))
    assert dataset.subset(None) is dataset.subset(10_000) is dataset


def test_a_subset_keeps_an_image_of_every_class_or_is_refused(dataset):
    classes = len(dataset.info.classes)
    assert (np.bincount(dataset.subset(classes).indices("train")[1]) == 1).all()
    with pytest.raises(PipelineError, match=f"{classes - 1} images are too few for {classes} classes"):
        dataset.subset(classes - 1)


def test_the_best_are_retrained_once_for_each_seed(tune_few, searching, dataset, tmp_path):
    from pipeline.search.outcome.candidates import choose_candidates
    from pipeline.search.outcome.ranking import rank_trials, trial_rows
    from pipeline.search.outcome.retrain import Retraining

    tuner = searching("search.max_trials=1")
    tuner.search()
    config = tune_few("search=random", "search.retrain.top=1", "search.retrain.seeds=2")
    chosen = choose_candidates(rank_trials(trial_rows(tuner.oracle, tuner.limits), config), config, tuner.limits)
    notes = Notes()
    retraining = Retraining(config=config, dataset=dataset, folder=tmp_path, recorder=notes)
    assert retraining.done(chosen) == []
    first = retraining.run(chosen)
    assert all(len(candidate.scores) == 2 for candidate in first)
    assert {status for _, status, _, _ in notes.ends} == {"COMPLETED"}
    assert {name.partition("-seed-")[2] for name, *_ in notes.ends} == {"1", "2"}  # the trial's own was 0
    again = Retraining(config=config, dataset=dataset, folder=tmp_path, recorder=Notes())
    assert again.done(chosen) == again.run(chosen) == first
    assert again.recorder.ends == []


def test_a_candidate_whose_loss_becomes_nan_in_retraining_is_left_out(tune, dataset, tmp_path, capsys):
    from pipeline.search.outcome.candidates import Candidate
    from pipeline.search.outcome.retrain import Retraining

    config = tune("search=random", "search.retrain.seeds=2", "recipe.optimizer=sgd", "recipe.learning_rate=10",
                  "recipe.weight_decay=1")  # fmt: skip
    notes = Notes()
    retraining = Retraining(config=config, dataset=dataset, folder=tmp_path, recorder=notes)
    assert retraining.run([Candidate("07", {}, 1, 1, 0.9, [])]) == []
    assert [status for _, status, _, _ in notes.ends] == ["FAILED"]
    assert "07: abandoned, the loss is NaN or infinite" in "".join(capsys.readouterr())


def test_trials_of_workers_are_not_run_again(searching, oracle, play, sizes, tmp_path):
    served = oracle("search=random", "search.max_trials=2", *WITHOUT_OTHERS, name="trials")
    assert len(play(served, sizes)) == 2
    notes = Notes()
    again = searching("search.max_trials=2", notes=notes)
    again.search()
    assert list(again.oracle.trials) == ["0", "1"]
    assert notes.epochs == []
