"""Real trials of slivers of the network."""

import shutil

import numpy as np
import pytest

from pipeline.base.errors import PipelineError


class Notes:
    """A recorder that keeps what it is told."""

    def __init__(self):
        self.epochs, self.ends = [], []

    def begin(self, trial_id, values, size, kind="trial"):
        self.size = size

    def epoch(self, trial_id, row):
        self.epochs.append((trial_id, int(row["epoch"])))

    def end(self, trial_id, status, reason, figures):
        self.ends.append((trial_id, status, reason, figures))


@pytest.fixture
def searching(tune, keras, dataset, tmp_path):
    """Build the tuner of a search in one folder."""
    from pipeline.search.limits import Limits
    from pipeline.search.oracles import build_oracle
    from pipeline.search.tuner import TrialTuner

    def build(*overrides, notes=None):
        config = tune("search=random", *overrides)
        limits = Limits(config, dataset.description.shape, 3)
        oracle = build_oracle(config, limits.exceeded)
        return TrialTuner(oracle, config, dataset, tmp_path, notes or Notes())

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
    assert not list(tuner.folder.glob(".progress/*"))


def test_a_loss_that_is_no_number_fails_its_trial_only(searching):
    notes = Notes()
    options = ["search.space.widths=null", "search.space.values.dropout.choices=[0.4]", "recipe.label_smoothing=0"]
    rates = "+search.space.values.rate={key:recipe.learning_rate,choices:[0.005,10.0]}"
    blow = ["recipe.momentum=0.99", "recipe.schedule=constant", "recipe.warmup_epochs=0"]
    tuner = searching(*options, rates, *blow, notes=notes)
    tuner.search()
    by_rate = {trial.hyperparameters.values["rate"]: trial.status for trial in tuner.oracle.trials.values()}
    assert by_rate == {0.005: "COMPLETED", 10.0: "FAILED"}
    [reason] = [reason for _, status, reason, _ in notes.ends if status == "FAILED"]
    assert reason.startswith("the loss is not a number any more at step")


def test_the_same_seed_gives_the_same_scores_and_an_interrupted_trial_goes_on_to_its_own(searching, tmp_path):
    whole = searching("search.max_trials=2")
    whole.search()
    assert [status for _, status, _ in scores(whole)] == ["COMPLETED"] * 2
    shutil.rmtree(tmp_path / "trials")

    class Killed(Notes):
        def epoch(self, trial_id, row):
            super().epoch(trial_id, row)
            if self.epochs == [("0", 1), ("0", 2), ("1", 1)]:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        searching("search.max_trials=2", notes=Killed()).search()
    notes = Notes()
    again = searching("search.max_trials=2", notes=notes)
    again.search()
    assert notes.epochs == [("1", 1), ("1", 2)]
    assert scores(again) == scores(whole)


def test_a_trial_whose_process_died_twice_is_given_up(searching):
    from pipeline.base.files import write_json

    notes = Notes()
    tuner = searching("search.max_trials=2", notes=notes)
    write_json(tuner.folder / "attempts" / "0.json", 2)
    tuner.search()
    assert not list(tuner.folder.glob("attempts/*"))  # epochs that are safe, and ends, begin the count again
    assert [(status, "died 2 times" in reason) for _, status, reason, _ in notes.ends] == [
        ("FAILED", True),
        ("COMPLETED", False),
    ]


def test_hyperband_goes_on_from_the_trials_it_keeps_to_the_result_of_an_unbroken_training(searching, tmp_path):
    notes = Notes()
    tuner = searching("search=hyperband", "search.max_trials=4", "recipe.epochs=3", notes=notes)
    tuner.search()
    later = [t for t in tuner.oracle.trials.values() if t.hyperparameters.values.get("tuner/initial_epoch")]
    assert later
    name, past = later[0].trial_id, later[0].hyperparameters.values["tuner/trial_id"]
    steps = {trial: [step for one, step in notes.epochs if one == trial] for trial in (name, past)}
    assert steps == {past: [1], name: [1, 2, 3]}  # the first is the past trial's, told again

    from pipeline.search.space import configured
    from pipeline.search.trial import train
    from pipeline.search.tuner import own
    from pipeline.training.progress import Progress

    unbroken = train(
        tuner.dataset,
        configured(tuner.config, own(later[0])),
        "val_accuracy",
        Progress(tmp_path, "whole"),
        lambda row: None,
    )
    assert unbroken.best["val_accuracy"] == later[0].score


def test_trials_train_on_a_sample_with_the_classes_in_proportion(dataset):
    sample = dataset.sample(12)
    assert len(sample.rows("train")) == 12
    counts = np.bincount(sample.indices("train")[1])
    whole = np.bincount(dataset.indices("train")[1])
    assert np.abs(counts / 12 - whole / whole.sum()).max() <= 1 / 12
    assert sample.rows("validation").equals(dataset.rows("validation"))
    assert dataset.sample(None) is dataset.sample(10_000) is dataset


def test_a_sample_keeps_an_image_of_every_class_or_is_refused(dataset):
    classes = len(dataset.description.classes)
    assert (np.bincount(dataset.sample(classes).indices("train")[1]) == 1).all()
    with pytest.raises(PipelineError, match=f"{classes - 1} images are too few for {classes} classes"):
        dataset.sample(classes - 1)


def test_the_best_are_trained_again_once_for_each_seed(tune, searching, dataset, tmp_path):
    from pipeline.search.ranking import best_first, rows
    from pipeline.search.retrain import candidates, retrain

    tuner = searching("search.max_trials=1")
    tuner.search()
    config = tune("search=random", "search.retrain.top=1", "search.retrain.seeds=2")
    chosen = candidates(best_first(rows(tuner.oracle, tuner.limits), config), config, tuner.limits)
    notes = Notes()
    first = retrain(chosen, config, dataset, tmp_path, notes)
    assert all(len(candidate.scores) == 2 for candidate in first)
    assert {status for _, status, _, _ in notes.ends} == {"COMPLETED"}
    assert {name.partition("-seed-")[2] for name, *_ in notes.ends} == {"1", "2"}  # the trial's own was 0
    again = Notes()
    assert retrain(chosen, config, dataset, tmp_path, again) == first
    assert again.ends == []


def test_a_candidate_that_diverges_when_it_is_trained_again_is_left_out(tune, searching, dataset, tmp_path, capsys):
    from pipeline.search.retrain import Candidate, retrain

    config = tune("search=random", "search.retrain.seeds=2", "recipe.optimizer=sgd", "recipe.learning_rate=10",
                  "recipe.weight_decay=1")  # fmt: skip
    notes = Notes()
    assert retrain([Candidate("07", {}, 1, 1, 0.9, [])], config, dataset, tmp_path, notes) == []
    assert [status for _, status, _, _ in notes.ends] == ["FAILED"]
    assert "07: given up, the loss is not a number" in "".join(capsys.readouterr())


def test_what_workers_have_trained_is_not_trained_again(tune, searching, oracle, play, sizes, tmp_path):
    served = oracle("search=random", "search.max_trials=2", name="trials")
    assert len(play(served, sizes)) == 2
    notes = Notes()
    again = searching("search.max_trials=2", notes=notes)
    again.search()
    assert list(again.oracle.trials) == ["0", "1"]
    assert notes.epochs == []


def test_memory_that_was_short_is_told():
    from pipeline.search.tuner import reason

    lines = ["Traceback", "  x.ResourceExhaustedError", "tf.errors.ResourceExhaustedError: Graph execution error:", ""]
    told = reason(
        "\n".join([*lines, "OOM when allocating tensor with shape[9,9]", " [[{{node a}}]] [Op:__inference_1]"])
    )
    assert told == "tf.errors.ResourceExhaustedError: Graph execution error: OOM when allocating tensor with shape[9,9]"


def test_an_unknown_kind_of_failure_is_told_by_its_last_line():
    from pipeline.search.tuner import reason

    assert reason("Traceback\n  File\nValueError: bad shape\n") == "ValueError: bad shape"
    assert reason(None) == "unknown"
