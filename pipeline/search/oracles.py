"""Keras Tuner's oracles, which begin with the configured network and propose only what is within the limits."""

import math
from collections.abc import Callable
from typing import Any

import keras_tuner
import numpy as np

from pipeline.base.errors import PipelineError
from pipeline.config.search_schema import TuneConfig, ValueConfig
from pipeline.search.space import configured, default_of, width_names

TRIES = 2000  # proposals in a row that exceed the limits, before the space counts as exhausted
CANDIDATES = 256  # random points among which the Gaussian process chooses, where its own proposal is no use
ENDED = ("COMPLETED", "FAILED")
FAULTS = 3  # failures in a row that are taken for a fault of all trials
Exceeded = Callable[[dict[str, Any]], str | None]


def hyperparameters(config: TuneConfig) -> keras_tuner.HyperParameters:
    """Return the space for Keras Tuner, its defaults the configured network and recipe.

    Raises:
        PipelineError: a key that cannot be searched, a range that leaves the configured value out, or a value that
            the schema refuses.
    """
    found = keras_tuner.HyperParameters()
    space = config.search.space
    if space.widths:
        ratios = sorted({1.0, *map(float, space.widths.ratios)})
        for name in width_names(space, list(config.model.filters)):
            found.Choice(name, ratios, default=1.0, ordered=True)
    for name, value in space.values.items():
        if name in found:
            raise PipelineError(f"search.space.values.{name} has the name of a width; give it another")
        _declare(found, name, value, default_of(config, value))
        for extreme in value.choices or (value.low, value.high):
            configured(config, {name: extreme})
    return found


def _declare(space: keras_tuner.HyperParameters, name: str, value: ValueConfig, default: Any) -> None:
    if value.choices is not None:
        choices: list[Any] = list(value.choices)
        if default not in choices:
            choices.append(default)
        if all(isinstance(choice, int | float) and not isinstance(choice, bool) for choice in choices):
            kind = float if any(isinstance(choice, float) for choice in choices) else int
            choices, default = sorted({kind(choice) for choice in choices}), kind(default)
        elif len({type(choice) for choice in choices}) > 1:
            raise PipelineError(f"search.space.values.{name}.choices must be of one type, like {value.key}={default!r}")
        space.Choice(name, choices, default=default)
        return
    if isinstance(default, bool | str):
        raise PipelineError(f"search.space.values.{name}: {value.key} is no number; give choices")
    assert value.low is not None
    assert value.high is not None
    if not value.low <= default <= value.high:
        raise PipelineError(
            f"search.space.values.{name} goes from {value.low:g} to {value.high:g} and leaves out the configured "
            f"{value.key}={default:g}, where the search begins"
        )
    sampling = "log" if value.log else "linear"
    space.Float(name, value.low, value.high, step=value.step, sampling=sampling, default=float(default))


def build_oracle(config: TuneConfig, exceeded: Exceeded) -> "Limited":
    """Return the configured oracle.

    Args:
        config: the search.
        exceeded: says of a trial's values what limit they exceed, or None.
    """
    search = config.search
    direction = "max" if search.objective == "val_accuracy" else "min"
    options: dict[str, Any] = {
        "objective": keras_tuner.Objective(search.objective, direction),
        "hyperparameters": hyperparameters(config),
        "seed": search.seed + 1,  # Keras Tuner takes 0 for none
    }
    if search.oracle == "hyperband":
        options |= {"max_epochs": search.epochs or config.recipe.epochs, "factor": search.factor}
    else:
        options["max_trials"] = search.max_trials
    if search.oracle == "bayesian":
        options["num_initial_points"] = search.initial_points
    oracle = ORACLES[search.oracle](**options)
    oracle.max_trials, oracle.exceeded, oracle.verbose = search.max_trials, exceeded, 0
    return oracle


class Limited(keras_tuner.Oracle):
    """What all the oracles share.

    Attributes:
        exceeded: says of a trial's values what limit they exceed, or None.
        fault: what the last of three failures in a row was; no trial is created after it.
        watch: told of each trial that begins or ends, and of each epoch, whoever runs it.
    """

    exceeded: Exceeded = staticmethod(lambda values: None)
    watch: Callable[[str, Any], None] = staticmethod(lambda event, trial: None)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.trials: dict[str, Any] = {}
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
        trial = super().update_trial(trial_id, metrics, step)
        self.watch("epoch", trial)
        return trial

    @keras_tuner.synchronized
    def end_trial(self, trial: Any) -> None:
        """End a trial and tell of it."""
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


class Random(Limited, keras_tuner.oracles.RandomSearchOracle):
    """Independent draws."""


class Hyperband(Limited, keras_tuner.oracles.HyperbandOracle):
    """Successive halving of many draws (Li et al. 2018, JMLR 18:185)."""


class Bayesian(Limited, keras_tuner.oracles.BayesianOptimizationOracle):
    """A Gaussian process's lower confidence bound, its draws a function of the seed and the trial's number."""

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Propose values: the process's own, or the best by it of random ones within the limits."""
        self._random_state = np.random.RandomState(self.seed + len(self.trials))
        response: dict[str, Any] = super().populate_space(trial_id)
        values = response["values"]
        if values is not None and (self._duplicate(values) or self.over(values)):
            values = self._best_within()
        return {"status": "RUNNING" if values else "STOPPED", "values": values}

    def _best_within(self) -> dict[str, Any] | None:
        candidates = [found for _ in range(CANDIDATES) if (found := self._quiet_random()) is not None]
        if not candidates:
            return self._random_values()
        spots = [[hp.value_to_prob(values[hp.name]) for hp in self._nonfixed_space()] for values in candidates]
        mean, spread = self.gpr.predict(np.array(spots), return_std=True)
        return candidates[int(np.argmin(mean - self.beta * spread))]

    def _quiet_random(self) -> dict[str, Any] | None:
        """Return random values within the limits, or None; what exceeds them is not counted: nobody proposed it."""
        values = keras_tuner.Oracle._random_values(self)
        return values if values is not None and self.exceeded(values) is None else None


class Grid(Limited, keras_tuner.oracles.GridSearchOracle):
    """Every combination, the configured network first."""

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Propose the next combination; where the configured network exceeds the limits, the first that does not."""
        first = {hp.name: hp.default for hp in self.hyperparameters.space}
        if self.start_order or not self.over(first):
            return dict(super().populate_space(trial_id))
        values = self._get_next_combination(first)
        if values is None:
            return {"status": "STOPPED", "values": None}
        self._ordered_ids.insert(trial_id)
        self._populate_next.append(trial_id)
        return {"status": "RUNNING", "values": values}

    def _get_next_combination(self, values: dict[str, Any]) -> dict[str, Any] | None:
        following: dict[str, Any] | None = super()._get_next_combination(values)
        while following is not None and self.over(following):
            following = super()._get_next_combination(following)
        return following

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on: Keras Tuner forgets where its grid stood, so the trials are put in order again."""
        super().set_state(state)
        for trial_id in self.start_order:
            self._ordered_ids.insert(trial_id)
        self._populate_next = self.start_order[-1:]


ORACLES = {"random": Random, "bayesian": Bayesian, "hyperband": Hyperband, "grid": Grid}
