"""The networks that are retrained with several seeds, and the one to recommend."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any

from pipeline.config.schema.search_schema import TuneConfig
from pipeline.search.limits import CostLimits
from pipeline.search.outcome.ranking import TrialRow, as_loss
from pipeline.search.space import apply_values

CONFIGURED = "configured"  # stands for the network that the search began with


@dataclass(frozen=True)
class Candidate:
    """A network, its trial's score, and its scores with each seed.

    Attributes:
        trial: its id, or `configured`.
        values: what was searched.
        parameters: of its network.
        multiply_adds: of its network, for one image.
        score: of the trial; None if the configured network was not one.
        scores: the objective of each retraining's best epoch.
        exceeds: which limit of the search it exceeds, in words; then it is compared, and not recommended.
    """

    trial: str
    values: dict[str, Any]
    parameters: int
    multiply_adds: int
    score: float | None
    scores: list[float]
    exceeds: str | None = None

    @property
    def mean(self) -> float:
        """Mean of the scores."""
        return mean(self.scores)

    @property
    def spread(self) -> float:
        """Standard deviation of the scores; 0 for a single one."""
        return stdev(self.scores) if len(self.scores) > 1 else 0.0


def choose_candidates(best: Sequence[TrialRow], config: TuneConfig, limits: CostLimits) -> list[Candidate]:
    """Return the best trials, and the configured network if it is not among them.

    Args:
        best: completed trials, the best first.
        config: the search.
        limits: what no recommended network may exceed.
    """
    chosen = [_candidate(row) for row in best[: config.search.retrain.top]]
    unchanged = apply_values(config, {})
    if chosen and all(apply_values(config, candidate.values) != unchanged for candidate in chosen):
        chosen.append(_configured(best, config, limits))
    return chosen


def all_candidates(best: Sequence[TrialRow], config: TuneConfig, limits: CostLimits) -> list[Candidate]:
    """Return every completed trial and the configured network: what an earlier run of the search may have retrained."""
    return [*map(_candidate, best), _configured(best, config, limits)]


def most_retrained(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates with the most seeds: their means can be compared. None, if none was retrained."""
    most = max((len(candidate.scores) for candidate in candidates), default=0)
    return [candidate for candidate in candidates if most and len(candidate.scores) == most]


def recommend(candidates: Sequence[Candidate], config: TuneConfig) -> Candidate | None:
    """Return the candidate with the fewest multiply-adds among those within one standard error of the best mean.

    Candidates above a limit do not count; None if no other is there. The one-standard-error rule: Breiman et al. 1984,
    "Classification and regression trees", section 3.4.3.
    """
    within = [candidate for candidate in candidates if candidate.exceeds is None]
    if not within:
        return None
    best = min(within, key=lambda candidate: (as_loss(candidate.mean, config), candidate.multiply_adds))
    bound = as_loss(best.mean, config) + best.spread / math.sqrt(len(best.scores))
    near = [candidate for candidate in within if as_loss(candidate.mean, config) <= bound]
    return min(near, key=lambda candidate: (candidate.multiply_adds, as_loss(candidate.mean, config)))


def candidate_line(candidate: Candidate, objective: str) -> str:
    """Return a candidate's scores in words."""
    count = len(candidate.scores)
    spread, seeds = (f" ± {candidate.spread:.4f}", f"{count} seeds") if count > 1 else ("", "1 seed")
    trial = "" if candidate.score is None else f", in its trial {candidate.score:.4f}"
    above = "" if candidate.exceeds is None else "; above the limits, not recommended"
    return (
        f"{candidate.trial}: {objective} {candidate.mean:.4f}{spread} over {seeds}{trial}; "
        f"{candidate.multiply_adds / 1e6:.1f}M multiply-adds{above}"
    )


def _candidate(row: TrialRow) -> Candidate:
    return Candidate(row.trial, row.values, row.parameters, row.multiply_adds, row.score, [])


def _configured(best: Sequence[TrialRow], config: TuneConfig, limits: CostLimits) -> Candidate:
    unchanged = apply_values(config, {})
    score = next((row.score for row in best if apply_values(config, row.values) == unchanged), None)
    return Candidate(CONFIGURED, {}, *limits.size({}), score, [], limits.exceeded({}))
