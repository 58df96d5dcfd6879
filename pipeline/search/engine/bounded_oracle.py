"""What all oracles of a search share: the configured network first, limits, a saved state, observers."""

import json
import math
import shlex
import time
from collections.abc import Callable
from typing import Any, Protocol

import keras_tuner

from pipeline.base.errors import DamagedStateError, one_line
from pipeline.base.files import write_text
from pipeline.search.engine.keras_tuner_internals import OracleInternals, stopped_trial
from pipeline.search.trial_values import active_values

TRIES = 2000  # proposals in a row that exceed the limits, after which the space counts as exhausted
ENDED = ("COMPLETED", "FAILED")
MOST_FAILURES = 3  # failures in a row, after which no more trials are created


class TrialObserver(Protocol):
    """Is notified of trials, whichever process runs them."""

    def on_trial(self, event: str, trial: Any) -> None:
        """Take note that `trial` had a `begin`, an `epoch` or an `end`."""


class BoundedOracle(OracleInternals):
    """What all oracles of a search share.

    Args:
        exceeded: returns what limit a trial's values exceed, or None.
        failure_reason: returns why a trial failed, or None; asked when its worker could not report it.
        options: those of Keras Tuner's oracle.

    Attributes:
        fault: message of the last of three failures in a row; no trial is created after it.
        asked: when each worker last asked for a trial, by the monotonic clock.
    """

    def __init__(
        self,
        *,
        exceeded: Callable[[dict[str, Any]], str | None],
        failure_reason: Callable[[str], str | None],
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.exceeded, self.failure_reason = exceeded, failure_reason
        self.trials: dict[str, Any] = {}
        self.asked: dict[str, float] = {}
        self.fault = ""
        self._observers: list[TrialObserver] = []
        self._ruled_out: set[str] = set()
        self._failures_in_a_row = 0
        self.max_consecutive_failed_trials = math.inf  # Keras Tuner's own check raises before it saves the trial

    def subscribe(self, observer: TrialObserver) -> None:
        """Notify `observer` of every trial from now on."""
        self._observers.append(observer)

    @property
    def skipped(self) -> int:
        """How many different proposals exceeded the limits."""
        return len(self._ruled_out)

    def random_values(self) -> dict[str, Any] | None:
        """Return the configured network's values first, then random ones within the limits; None if there are none."""
        for _ in range(TRIES):
            values = self.draw_values() if self.tried else self.configured_values()
            if values is None or not self.exceeds(values):
                return values
            self.tried.add(self.values_hash(values))
        return None

    def exceeds(self, values: dict[str, Any]) -> bool:
        """Return whether `values` exceed the limits, and count them if so."""
        searched = {name: value for name, value in values.items() if not name.startswith("tuner/")}
        if self.exceeded(searched) is None:
            return False
        self._ruled_out.add(self.values_hash(searched))
        return True

    @keras_tuner.synchronized
    def create_trial(self, tuner_id: str) -> Any:
        """Create a trial and notify the observers; none after three failures in a row."""
        self.asked[tuner_id] = time.monotonic()
        if self.fault:
            self.tuner_ids.discard(tuner_id)
            return stopped_trial(self)
        trial = super().create_trial(tuner_id)
        if trial.status == "RUNNING":
            self._notify("begin", trial)
        return trial

    @keras_tuner.synchronized
    def update_trial(self, trial_id: str, metrics: dict[str, float], step: int = 0) -> Any:
        """Record an epoch's metrics and notify the observers."""
        if trial_id in self.end_order:
            return self.trials[trial_id]
        trial = super().update_trial(trial_id, metrics, step)
        self._notify("epoch", trial)
        return trial

    @keras_tuner.synchronized
    def end_trial(self, trial: Any) -> None:
        """End a trial and notify the observers.

        If the trial had been reassigned and has already ended, only clean up.
        """
        if trial.trial_id in self.end_order:
            for name in [name for name, other in self.ongoing_trials.items() if other.trial_id == trial.trial_id]:
                del self.ongoing_trials[name]
            return
        if trial.status == "FAILED" and not trial.message:
            trial.message = self.failure_reason(trial.trial_id)
        trial.hyperparameters.values = active_values(trial.hyperparameters)
        super().end_trial(trial)
        self.save()  # in Keras Tuner's own save it is still ongoing: a later process would run it again
        ended = self.trials[trial.trial_id]
        self._failures_in_a_row = self._failures_in_a_row + 1 if ended.status == "FAILED" else 0
        if self._failures_in_a_row >= MOST_FAILURES:
            self.fault = str(ended.message)
        self._notify("end", ended)

    @keras_tuner.synchronized
    def reassign(self, tuner_id: str) -> str | None:
        """Queue the trial of a worker that is gone; return its id, or None if it had none."""
        self.tuner_ids.discard(tuner_id)
        trial = self.ongoing_trials.pop(tuner_id, None)
        if trial is None:
            return None
        self.queue.append(trial.trial_id)
        self.save()
        return str(trial.trial_id)

    def save(self) -> None:
        """Save the state for a later process, whole or not at all."""
        write_text(self.state_file, json.dumps(self.get_state()))

    def save_trial(self, trial: Any) -> None:
        """Save a trial's state, whole or not at all."""
        write_text(self.trial_file(trial.trial_id), json.dumps(trial.get_state()))

    def reload(self) -> None:
        """Resume from the saved state; no ended trial is run again, even after a kill between two saves.

        Raises:
            DamagedStateError: a file of the state is damaged.
        """
        try:
            super().reload()
            self.trials = {name: self.trials[name] for name in self.start_order}  # Keras Tuner finds them in any order
            self.queue = [name for name in self.queue if self.trials[name].status not in ENDED]
        except OSError:
            raise
        except Exception as error:  # whatever Keras Tuner makes of it
            place, reason = self.state_file.parent, f"{type(error).__name__}: {one_line(error, 100)}"
            raise DamagedStateError(
                f"the state of the search in {place} is damaged ({reason}); remove it with "
                f"rm -r {shlex.quote(str(place.parent))}, then the same command begins the search anew"
            ) from None

    def get_state(self) -> dict[str, Any]:
        """Return what a later process needs to resume."""
        return {**super().get_state(), "ruled_out": sorted(self._ruled_out)}

    def set_state(self, state: dict[str, Any]) -> None:
        """Resume from what `get_state` returned."""
        super().set_state(state)
        self._ruled_out = set(state["ruled_out"])

    def _notify(self, event: str, trial: Any) -> None:
        for observer in self._observers:
            observer.on_trial(event, trial)
