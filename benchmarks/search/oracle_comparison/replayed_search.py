"""A search whose trials are looked up in the table instead of trained."""

import io
import random
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

from threadpoolctl import threadpool_limits

from benchmarks.search.oracle_comparison.small_space import Key, combination_key
from benchmarks.search.oracle_comparison.trained_table import Training
from pipeline.search.trial_values import searched_values


@dataclass(frozen=True)
class Step:
    """The state of a search after a trial.

    Attributes:
        cpu_seconds: that all trials so far took in training.
        regret: true score of the best network of the space, minus that of the one with the best observed score so far.
    """

    cpu_seconds: float
    regret: float


class Replay:
    """Looks trials up: what a search observes is one training; a network's true score is the mean over the seeds.

    Args:
        table: trainings by values and seed.
        names: of the values, in the order of the table.
        objective: `val_accuracy` or `val_loss`: what the search compares trials by. The regret is in accuracy.
        seed: of the choice of the training that is observed.
    """

    def __init__(self, table: dict[Key, dict[int, Training]], names: Sequence[str], objective: str, seed: int) -> None:
        self.table, self.names, self.objective = table, names, objective
        draw = random.Random(seed)
        self.observed = {key: draw.choice(sorted(trainings)) for key, trainings in sorted(table.items())}
        self.true = {
            key: sum(max(one.curves["val_accuracy"]) for one in trainings.values()) / len(trainings)
            for key, trainings in table.items()
        }
        self.seconds, self.best = 0.0, (float("inf"), 0.0)
        self.steps: list[Step] = []

    def training(self, values: dict[str, Any]) -> Training:
        """Return the training that a search observes for these values."""
        key = combination_key(values, self.names)
        return self.table[key][self.observed[key]]

    def trial(self, values: dict[str, Any], first: int, until: int | None) -> list[dict[str, float]]:
        """Observe a trial's epochs `first` (from 0) to before `until`; return the metrics of each."""
        one = self.training(values)
        epochs = range(first, until or len(one.curves["val_accuracy"]))
        metrics = [{name: curve[epoch] for name, curve in one.curves.items()} for epoch in epochs]
        losses = one.curves["val_loss"] if self.objective == "val_loss" else [-x for x in one.curves["val_accuracy"]]
        self.best = min(self.best, (min(losses[: epochs.stop]), -self.true[combination_key(values, self.names)]))
        self.seconds += one.cpu_seconds * len(epochs) / len(losses)
        self.steps.append(Step(self.seconds, max(self.true.values()) + self.best[1]))
        return metrics


def replay_oracle(oracle: Any, replay: Replay) -> list[Step]:
    """Let an oracle propose trials until it stops; return the state after each.

    Args:
        oracle: one of Keras Tuner's, new.
        replay: answers its trials.
    """
    from keras_tuner.engine import base_tuner

    # Keras Tuner prints each trial, and shares matrices of ten rows among all cores.
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()), threadpool_limits(1):
        base_tuner.BaseTuner(oracle, directory=folder, project_name="replay")
        while (trial := oracle.create_trial("replay")).status == "RUNNING":
            values = trial.hyperparameters.values
            first, until = values.get("tuner/initial_epoch", 0), values.get("tuner/epochs")
            for epoch, metrics in enumerate(replay.trial(searched_values(trial), first, until), first):
                oracle.update_trial(trial.trial_id, metrics, step=epoch + 1)
            trial.status = "COMPLETED"
            oracle.end_trial(trial)
    return replay.steps


def replay_random(replay: Replay, trials: int, seed: int) -> list[Step]:
    """Try networks in a random order, each once; return the state after each."""
    keys = list(replay.table)
    random.Random(seed).shuffle(keys)
    for key in keys[:trials]:
        replay.trial(dict(key), 0, None)
    return replay.steps
