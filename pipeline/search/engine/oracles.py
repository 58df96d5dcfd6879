"""Keras Tuner's oracles, which begin with the configured network and propose only what is within the limits."""

import warnings
from collections.abc import Callable
from typing import Any

import keras_tuner
import numpy as np
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from pipeline.config.schema.search_schema import TuneConfig
from pipeline.search.cost.trade import score_name
from pipeline.search.engine.bounded_oracle import BoundedOracle
from pipeline.search.engine.keras_tuner_internals import BayesianInternals, GridInternals
from pipeline.search.hyperparameters import build_hyperparameters

CANDIDATES = 256  # random points among which the Gaussian process chooses if its own proposal cannot be used
DESCENTS = 50  # as many as Keras Tuner's
STEP = 1e-6  # of a slope's differences


def build_oracle(
    config: TuneConfig,
    *,
    exceeded: Callable[[dict[str, Any]], str | None],
    failure_reason: Callable[[str], str | None] = lambda trial_id: None,
) -> BoundedOracle:
    """Return the configured oracle.

    Args:
        config: the search.
        exceeded: returns what limit a trial's values exceed, or None.
        failure_reason: returns why a trial failed, or None.
    """
    search = config.search
    direction = "min" if search.objective == "val_loss" else "max"
    options: dict[str, Any] = {
        "objective": keras_tuner.Objective(score_name(config), direction),
        "hyperparameters": build_hyperparameters(config),
        "seed": search.seed + 1,  # Keras Tuner takes 0 for none
    }
    if search.oracle == "hyperband":
        options |= {"max_epochs": search.epochs or config.recipe.epochs, "factor": search.factor}
    else:
        options["max_trials"] = search.max_trials
    if search.oracle == "bayesian":
        options["num_initial_points"] = search.initial_points
    oracle = ORACLES[search.oracle](exceeded=exceeded, failure_reason=failure_reason, **options)
    oracle.max_trials, oracle.verbose = search.max_trials, 0
    return oracle


class RandomOracle(BoundedOracle, keras_tuner.oracles.RandomSearchOracle):
    """Independent draws."""


class HyperbandOracle(BoundedOracle, keras_tuner.oracles.HyperbandOracle):
    """Successive halving of many draws (Li et al. 2018, JMLR 18:185)."""


class BayesianOracle(BoundedOracle, BayesianInternals):
    """A Gaussian process's lower confidence bound; each proposal is a function of the seed and the trial's number."""

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Propose random values at first, then the process's choice, or the best by it of random ones within limits."""
        self.seed_proposal(self.seed + len(self.trials))
        completed = sum(trial.status == "COMPLETED" for trial in self.trials.values())
        if completed < self.num_initial_points:
            values = self.random_values()
        else:
            with warnings.catch_warnings(), threadpool_limits(1):  # matrices too small to share among threads
                warnings.filterwarnings("ignore", module="sklearn")  # a fit that stops at the bounds of its kernel
                self.fit_process()
                values = self.values_at(self._lowest_bound())
                if self.is_duplicate(values) or self.exceeds(values):
                    values = self._best_within_limits()
        return {"status": "RUNNING" if values else "STOPPED", "values": values}

    def _lowest_bound(self) -> Any:
        """Return where the lower confidence bound is lowest, by descent from random points.

        Keras Tuner descends likewise, but asks for each number of a slope by itself: ten times the work, and more.
        """
        points = self.random_points(DESCENTS)
        sides = [(0.0, 1.0)] * points.shape[1]
        found = [minimize(self._bound_and_slope, point, jac=True, bounds=sides, method="L-BFGS-B") for point in points]
        return min(found, key=lambda result: float(result.fun)).x

    def _bound_and_slope(self, point: Any) -> tuple[float, Any]:
        bounds = self.lower_confidence_bounds(np.vstack([point, point + STEP * np.eye(len(point))]))
        return float(bounds[0]), (bounds[1:] - bounds[0]) / STEP

    def _best_within_limits(self) -> dict[str, Any] | None:
        drawn = (self.draw_values() for _ in range(CANDIDATES))
        candidates = [values for values in drawn if values is not None]
        if not candidates:
            return None
        order = np.argsort(self.lower_confidence_bounds(self.points_of(candidates)), kind="stable")
        ranked = (candidates[place] for place in order)
        within = (values for values in ranked if self.exceeded(values) is None)  # the others were not proposed
        return next(within, None) or self.random_values()


class GridOracle(BoundedOracle, GridInternals):
    """Every combination, the configured network first."""

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Propose the next combination; if the configured network exceeds the limits, the first that does not."""
        first = self.configured_values()
        if self.start_order or not self.exceeds(first):
            response = dict(super().populate_space(trial_id))
            if response["status"] == "RUNNING":
                self.also_continue_from(trial_id)  # Keras Tuner waits for its end, and so for one worker
            return response
        values = self.next_combination(first)
        if values is None:
            return {"status": "STOPPED", "values": None}
        self.append_trial(trial_id)
        self.also_continue_from(trial_id)
        return {"status": "RUNNING", "values": values}

    def next_combination(self, values: dict[str, Any]) -> dict[str, Any] | None:
        """Return the next combination within the limits, None after the last."""
        following = super().next_combination(values)
        while following is not None and self.exceeds(following):
            following = super().next_combination(following)
        return following

    def set_state(self, state: dict[str, Any]) -> None:
        """Resume: Keras Tuner does not save where its grid stood, so the trials are put in order again."""
        super().set_state(state)
        for trial_id in self.start_order:
            self.append_trial(trial_id)
        self.continue_from(self.start_order[-1:])


ORACLES: dict[str, type[BoundedOracle]] = {
    "random": RandomOracle,
    "bayesian": BayesianOracle,
    "hyperband": HyperbandOracle,
    "grid": GridOracle,
}
