"""What all of a search's oracles share: a first trial, limits, a memory, and word of what happens."""

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras_tuner

from pipeline.base.files import write_text

TRIES = 2000  # proposals in a row that exceed the limits, before the space counts as exhausted
ENDED = ("COMPLETED", "FAILED")
FAULTS = 3  # failures in a row that are taken for a fault of all trials
Exceeded = Callable[[dict[str, Any]], str | None]


class Limited(keras_tuner.Oracle):
    """What all the oracles share.

    Attributes:
        exceeded: says of a trial's values what limit they exceed, or None.
        fault: what the last of three failures in a row was; no trial is created after it.
        watch: told of each trial that begins or ends, and of each epoch, whoever runs it.
        explain: says why a trial failed, where its worker could not.
        asked: when each worker last asked for a trial, by the monotonic clock.
    """

    exceeded: Exceeded = staticmethod(lambda values: None)
    watch: Callable[[str, Any], None] = staticmethod(lambda event, trial: None)
    explain: Callable[[str], str | None] = staticmethod(lambda trial_id: None)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.trials: dict[str, Any] = {}
        self.asked: dict[str, float] = {}
        self._retry_queue: list[str] = []
        self._ruled_out: set[str] = set()
        self._failed_in_a_row, self.fault = 0, ""
        self.max_consecutive_failed_trials = math.inf  # Keras Tuner's own check raises with the trial unsaved

    @property
    def skipped(self) -> int:
        """How many different proposals exceeded the limits."""
        return len(self._ruled_out)

    def _random_values(self) -> dict[str, Any] | None:
        for _ in range(TRIES):
            if self._tried_so_far:
                values: dict[str, Any] | None = super()._random_values()
            else:
                values = {hp.name: hp.default for hp in self.hyperparameters.space}
            if values is None or not self.over(values):
                return values
            self._tried_so_far.add(self._compute_values_hash(values))
        return None

    def over(self, values: dict[str, Any]) -> bool:
        """Return whether `values` exceed the limits, and count them if so."""
        own = {name: value for name, value in values.items() if not name.startswith("tuner/")}
        if self.exceeded(own) is None:
            return False
        self._ruled_out.add(self._compute_values_hash(own))
        return True

    @keras_tuner.synchronized
    def create_trial(self, tuner_id: str) -> Any:
        """Create a trial and tell of it; none where a fault hits every trial."""
        self.asked[tuner_id] = time.monotonic()
        if self.fault:
            self.tuner_ids.discard(tuner_id)
            return keras_tuner.engine.trial.Trial(self.get_space(), trial_id="none", status="STOPPED")
        trial = super().create_trial(tuner_id)
        if trial.status == "RUNNING":
            self.watch("begin", trial)
        return trial

    @keras_tuner.synchronized
    def update_trial(self, trial_id: str, metrics: dict[str, float], step: int = 0) -> Any:
        """Take an epoch's metrics and tell of them."""
        if trial_id in self.end_order:
            return self.trials[trial_id]
        trial = super().update_trial(trial_id, metrics, step)
        self.watch("epoch", trial)
        return trial

    @keras_tuner.synchronized
    def end_trial(self, trial: Any) -> None:
        """End a trial and tell of it; once, where it was handed back and the worker that lost it went on."""
        if trial.trial_id in self.end_order:
            for name in [name for name, other in self.ongoing_trials.items() if other.trial_id == trial.trial_id]:
                del self.ongoing_trials[name]
            return
        if trial.status == "FAILED" and not trial.message:
            trial.message = self.explain(trial.trial_id)
        super().end_trial(trial)
        self.save()  # Keras Tuner's own save still has it among those under way: a later process would run it again
        ended = self.trials[trial.trial_id]
        self._failed_in_a_row = self._failed_in_a_row + 1 if ended.status == "FAILED" else 0
        if self._failed_in_a_row >= FAULTS:
            self.fault = str(ended.message)
        self.watch("end", ended)

    @keras_tuner.synchronized
    def hand_back(self, tuner_id: str) -> str | None:
        """Take the trial of a worker that is gone back into the queue; return its id, or None where it had none."""
        self.tuner_ids.discard(tuner_id)
        trial = self.ongoing_trials.pop(tuner_id, None)
        if trial is None:
            return None
        self._retry_queue.append(trial.trial_id)
        self.save()
        return str(trial.trial_id)

    def save(self) -> None:
        """Keep the state for a later process, whole or not at all."""
        write_text(Path(self._get_oracle_fname()), json.dumps(self.get_state()))

    def _save_trial(self, trial: Any) -> None:
        write_text(Path(self._get_trial_dir(trial.trial_id)) / "trial.json", json.dumps(trial.get_state()))

    def reload(self) -> None:
        """Go on from the folder; what has ended is not run again, even where a kill fell between end and save."""
        super().reload()
        self.trials = {name: self.trials[name] for name in self.start_order}  # found in any order; a process sees it
        self._retry_queue = [name for name in self._retry_queue if self.trials[name].status not in ENDED]

    def get_state(self) -> dict[str, Any]:
        """Return what a later process needs to go on."""
        return {**super().get_state(), "ruled_out": sorted(self._ruled_out)}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        super().set_state(state)
        self._ruled_out = set(state["ruled_out"])
