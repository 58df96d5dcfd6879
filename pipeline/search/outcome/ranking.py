"""The trials of a search as rows, and which of them are better."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.config.schema.search_schema import TuneConfig
from pipeline.search.cost.trial_cost import AS_CONFIGURED, LATENCY, RELATIVE, TrialCost, computed_cost
from pipeline.search.limits import CostLimits
from pipeline.search.trial_values import failure_reason, objective_curve, searched_values


@dataclass(frozen=True)
class TrialRow:
    """A trial.

    Attributes:
        trial: its id; ids are in the order in which trials began.
        status: COMPLETED, FAILED, or RUNNING: interrupted with the search.
        score: what trials are compared by, of its best epoch: the objective, or with `search.trade` one score of it
            and the cost; None if it has none.
        parameters: of its network.
        multiply_adds: of its network, for one image.
        epochs: that it trained.
        values: what was searched.
        reason: why it failed.
        curve: validation accuracy by epoch.
        continues: in hyperband, the trial that it continues.
        budget: in hyperband, the epochs after which it stops.
        accuracy: the objective of its best epoch if the score is another.
        cost: of its network.
    """

    trial: str
    status: str
    score: float | None
    parameters: int
    multiply_adds: int
    epochs: int
    values: dict[str, Any]
    reason: str = ""
    curve: list[float] = field(default_factory=list)
    continues: str | None = None
    budget: int | None = None
    accuracy: float | None = None
    cost: TrialCost = AS_CONFIGURED

    @property
    def objective(self) -> float:
        """The objective of its best epoch; 0 if it has none."""
        return (self.score if self.accuracy is None else self.accuracy) or 0.0


def trial_rows(oracle: Any, limits: CostLimits) -> list[TrialRow]:
    """Return a row for each trial of a search, in the order in which they began."""
    return [_row(oracle.trials[trial_id], limits) for trial_id in oracle.start_order]


def as_loss(score: float, config: TuneConfig) -> float:
    """Return `score` as a number of which lower is better."""
    return score if config.search.objective == "val_loss" else -score


def network_cost(multiply_adds: int, cost: TrialCost, config: TuneConfig) -> float:
    """Return a network's cost in the unit of `search.cost`; infinite if it was not measured."""
    if config.search.cost == "multiply_adds":
        return multiply_adds
    return math.inf if cost.latency_ms is None else cost.latency_ms


def trial_cost(row: TrialRow, config: TuneConfig) -> float:
    """Return a trial's cost in the unit of `search.cost`."""
    return network_cost(row.multiply_adds, row.cost, config)


def configured_latency_ms(rows: Sequence[TrialRow]) -> float | None:
    """Return the configured network's milliseconds for one image, with which the trials' were compared."""
    found = (row.cost.configured_latency_ms for row in rows)
    return next((latency for latency in found if latency is not None), None)


def rank_trials(rows: Sequence[TrialRow], config: TuneConfig) -> list[TrialRow]:
    """Return the completed trials, best score first; of equal scores, the cheaper first.

    A trial that another one continued is left out.
    """
    continued = {row.continues for row in rows if row.continues and row.score is not None}
    scored = [row for row in rows if row.score is not None and row.trial not in continued]
    return sorted(scored, key=lambda row: (as_loss(row.score or 0.0, config), trial_cost(row, config), row.trial))


def pareto_front(rows: Sequence[TrialRow], config: TuneConfig) -> list[TrialRow]:
    """Return the trials that no other beats in both objective and cost, the cheapest first."""
    front: list[TrialRow] = []
    least = math.inf
    scored = [row for row in rows if row.score is not None]
    for row in sorted(scored, key=lambda row: (trial_cost(row, config), as_loss(row.objective, config))):
        loss = as_loss(row.objective, config)
        if loss < least:
            front.append(row)
            least = loss
    return front


def _row(trial: Any, limits: CostLimits) -> TrialRow:
    values, curve = searched_values(trial), objective_curve(trial, "val_accuracy")
    parameters, multiply_adds = limits.size(values)
    completed = trial.status == "COMPLETED"
    return TrialRow(
        trial=trial.trial_id,
        status="COMPLETED" if completed else "FAILED" if trial.status in ("FAILED", "INVALID") else "RUNNING",
        score=float(trial.score) if completed and trial.score is not None else None,
        parameters=parameters,
        multiply_adds=multiply_adds,
        epochs=len(curve),
        values=values,
        reason="" if completed else failure_reason(trial.message) if trial.message else "",
        curve=curve,
        continues=trial.hyperparameters.values.get("tuner/trial_id"),
        budget=trial.hyperparameters.values.get("tuner/epochs"),
        accuracy=max(curve) if curve and limits.config.search.trade is not None else None,
        cost=_recorded_cost(trial) or computed_cost(limits, multiply_adds),
    )


def _recorded_cost(trial: Any) -> TrialCost | None:
    """Return the cost that was measured; None if there is none, as of a trial that failed before its first epoch."""
    found = {name: trial.metrics.get_last_value(name) for name in (LATENCY, RELATIVE) if trial.metrics.exists(name)}
    return TrialCost.recorded(found)
