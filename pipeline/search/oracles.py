"""Keras Tuner's oracles, which begin with the configured network and propose only what is within the limits."""

from typing import Any

import keras_tuner
import numpy as np

from pipeline.config.search_schema import TuneConfig
from pipeline.search.hyperparameters import hyperparameters
from pipeline.search.limited import Exceeded, Limited

CANDIDATES = 256  # random points among which the Gaussian process chooses, where its own proposal is no use


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
        drawn = (keras_tuner.Oracle._random_values(self) for _ in range(CANDIDATES))
        candidates: list[dict[str, Any]] = [values for values in drawn if values is not None]
        if not candidates:
            return None
        spots = [[hp.value_to_prob(values[hp.name]) for hp in self._nonfixed_space()] for values in candidates]
        mean, spread = self.gpr.predict(np.array(spots), return_std=True)
        ranked = (candidates[place] for place in np.argsort(mean - self.beta * spread, kind="stable"))
        within = (values for values in ranked if self.exceeded(values) is None)  # the others were not proposed
        return next(within, None) or self._random_values()


class Grid(Limited, keras_tuner.oracles.GridSearchOracle):
    """Every combination, the configured network first."""

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Propose the next combination; where the configured network exceeds the limits, the first that does not."""
        first = {hp.name: hp.default for hp in self.hyperparameters.space}
        if self.start_order or not self.over(first):
            response = dict(super().populate_space(trial_id))
            if response["status"] == "RUNNING":
                self._populate_next.append(trial_id)  # Keras Tuner waits for its end: one worker's pace for any number
            return response
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
