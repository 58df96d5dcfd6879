"""The trials of a search as rows, and which of them are better."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.config.search_schema import TuneConfig
from pipeline.search.limits import Limits
from pipeline.search.tuner import own, reason


@dataclass(frozen=True)
class Row:
    """A trial.

    Attributes:
        trial: its id, in the order of their beginnings.
        status: COMPLETED, FAILED, or RUNNING: under way when the search was stopped.
        score: the objective of its best epoch; None where there is none.
        parameters: of its network.
        multiply_adds: of its network, for one image.
        epochs: that it trained.
        values: what was searched.
        reason: why it failed.
        curve: validation accuracy by epoch.
        past: the trial that it goes on from, in hyperband.
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
    past: str | None = None


def rows(oracle: Any, limits: Limits) -> list[Row]:
    """Return a row for each trial of a search, in the order of their beginnings."""
    return [_row(oracle.trials[trial_id], limits) for trial_id in oracle.start_order]


def _row(trial: Any, limits: Limits) -> Row:
    values = own(trial)
    parameters, multiply_adds = limits.size(values)
    name = "val_accuracy"
    history = trial.metrics.get_history(name) if trial.metrics.exists(name) else []
    curve = [float(point.mean()) for point in sorted(history, key=lambda point: point.step)]
    completed = trial.status == "COMPLETED"
    return Row(
        trial=trial.trial_id,
        status="COMPLETED" if completed else "FAILED" if trial.status in ("FAILED", "INVALID") else "RUNNING",
        score=float(trial.score) if completed and trial.score is not None else None,
        parameters=parameters,
        multiply_adds=multiply_adds,
        epochs=len(curve),
        values=values,
        reason="" if completed else reason(trial.message) if trial.message else "",
        curve=curve,
        past=trial.hyperparameters.values.get("tuner/trial_id"),
    )


def loss_of(score: float, config: TuneConfig) -> float:
    """Return `score` as a number of which less is better."""
    return score if config.search.objective == "val_loss" else -score


def best_first(found: Sequence[Row], config: TuneConfig) -> list[Row]:
    """Return the completed trials, best score first; equal ones with fewer multiply-adds first.

    A trial that another one went on from is left out.
    """
    gone_on = {row.past for row in found if row.past and row.score is not None}
    scored = [row for row in found if row.score is not None and row.trial not in gone_on]
    return sorted(scored, key=lambda row: (loss_of(row.score or 0.0, config), row.multiply_adds, row.trial))


def pareto(found: Sequence[Row], config: TuneConfig) -> list[Row]:
    """Return the trials that none beats in both score and multiply-adds, fewest multiply-adds first."""
    front: list[Row] = []
    least = math.inf
    scored = [row for row in found if row.score is not None]
    for row in sorted(scored, key=lambda row: (row.multiply_adds, loss_of(row.score or 0.0, config))):
        loss = loss_of(row.score or 0.0, config)
        if loss < least:
            front.append(row)
            least = loss
    return front
