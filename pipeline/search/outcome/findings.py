"""What a search found, as data for its report."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.config.schema.search_schema import TuneConfig
from pipeline.config.search_compose import COMMAND
from pipeline.search.cost.trade import cost_name, cost_penalty, points_text, score_name
from pipeline.search.cost.trial_cost import LATENCY
from pipeline.search.outcome.candidates import Candidate
from pipeline.search.outcome.importance import value_importances
from pipeline.search.outcome.ranking import TrialRow, pareto_front, rank_trials, trial_cost
from pipeline.search.searched_setting import configured_value, trained_value
from pipeline.search.space import apply_values

RETRAINED = ["trial", "mean", "spread", "seeds", "score", "parameters", "multiply_adds"]
COLUMNS = ("trial", "status", "score", "parameters", "multiply_adds", "epochs", "reason")


@dataclass(frozen=True)
class Findings:
    """What a search found.

    Attributes:
        config: the search.
        rows: its trials.
        skipped: how many proposals exceeded the limits.
        retrained: candidates with their scores; empty if none were retrained.
        recommended: the trial to use; None if no trial completed.
        command: what to type next; empty if there is nothing to train.
        note: what happened to conf/model/tuned.yaml.
        taken: how many trials and retrainings this process took over from earlier searches.
        arguments: with which the search was started.
        files: of conf/ that hold the recommended network, and its recipe if that was searched too.
    """

    config: TuneConfig
    rows: Sequence[TrialRow]
    skipped: int
    retrained: Sequence[Candidate]
    recommended: str | None
    command: str
    note: str = ""
    taken: int = 0
    files: Sequence[Path] = ()
    arguments: Sequence[str] = ()

    @property
    def objective(self) -> str:
        """What the scores are."""
        return self.config.search.objective

    @property
    def take_command(self) -> str:
        """What takes another trial of this search."""
        return " ".join([COMMAND, "--take TRIAL", *map(shlex.quote, self.arguments)])

    @property
    def score_name(self) -> str:
        """What trials are compared by: the objective, or one score of it and the cost."""
        return score_name(self.config)

    @property
    def weighs(self) -> str:
        """How accuracy and cost are weighed, in words; empty without `search.trade`."""
        return points_text(self.config)

    @property
    def has_latency(self) -> bool:
        """Whether the cost is latency."""
        return self.config.search.cost == "latency"

    @property
    def cost_name(self) -> str:
        """`multiply-adds` or `latency`."""
        return cost_name(self.config)

    @property
    def best(self) -> list[TrialRow]:
        """The completed trials, best first."""
        return rank_trials(self.rows, self.config)

    @property
    def front(self) -> list[TrialRow]:
        """The trials that no other beats in both objective and cost, the cheapest first."""
        return pareto_front(self.rows, self.config)

    def chart_cost(self, row: TrialRow) -> float:
        """Return a trial's cost as charts show it: milliseconds, or million multiply-adds."""
        return trial_cost(row, self.config) / (1.0 if self.has_latency else 1e6)

    def objective_mean(self, candidate: Candidate) -> float:
        """Return the mean of the objective over a candidate's retrainings, whatever its cost takes from the score."""
        return candidate.mean + cost_penalty(self.config, candidate.cost.relative)

    def importances(self) -> dict[str, float]:
        """Return each searched value's share of what explains the scores."""
        return value_importances(self.rows, self.config)

    def summary(self) -> str:
        """Return the search in two sentences."""
        count = {status: sum(row.status == status for row in self.rows) for status in ("COMPLETED", "FAILED")}
        return (
            f"{count['COMPLETED']} trials completed, {count['FAILED']} failed; {self.skipped} more exceeded the limits "
            f"and were not trained. {self.config.search.oracle} search of {self.config.search.space.name}, "
            f"{self.config.model.name} on {self.config.data.name}, seed {self.config.search.seed}."
            f"{f' The score is {self.objective} (1 is 100 points) plus {self.weighs}.' if self.weighs else ''}"
        )

    def trials_table(self) -> pd.DataFrame:
        """Return a row per trial, with a column for each searched value."""
        table = pd.DataFrame([{name: getattr(row, name) for name in COLUMNS} | row.values for row in self.rows])
        place = list(COLUMNS).index("score") + 1
        if self.weighs:
            table.insert(place, self.objective, [row.accuracy for row in self.rows])
        if self.has_latency:
            place = list(table.columns).index("multiply_adds") + 1
            table.insert(place, LATENCY, [row.cost.latency_ms for row in self.rows])
        return table

    def retrained_table(self) -> pd.DataFrame:
        """Return a row per retrained candidate: mean and spread over the seeds, the trial's score, the size."""
        rows = [
            {**vars(one), "mean": one.mean, "spread": one.spread, "seeds": len(one.scores)} for one in self.retrained
        ]
        table = pd.DataFrame(rows, columns=RETRAINED)
        if self.weighs:
            accuracies = [self.objective_mean(one) for one in self.retrained]
            table.insert(RETRAINED.index("score") + 1, self.objective, accuracies)
        if self.has_latency:
            table[LATENCY] = [one.cost.latency_ms for one in self.retrained]
        return table

    def changes(self, values: Mapping[str, Any]) -> str:
        """Return in words how a trial's network and recipe differ from the configured ones."""
        changed = {name: value for name, value in values.items() if self._differs(name, value)}
        named = [f"{short_name(name)} {_number(value)}" for name, value in changed.items()]
        return ", ".join(named) or "none: the configured network"

    def _differs(self, name: str, value: Any) -> bool:
        """Return whether a searched value is not the configured one."""
        searched = self.config.search.space.values.get(name)
        if searched is None:  # a width, which rounding may leave as it is
            return apply_values(self.config, {name: value}) != apply_values(self.config, {})
        default = configured_value(self.config, searched)
        return bool(trained_value(searched, default, value) != default)


def short_name(name: str) -> str:
    """Return the name of a searched value as tables and pictures show it: `3a` for `inception_3a/width`."""
    return name.replace("inception_", "").replace("/width", "")


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
