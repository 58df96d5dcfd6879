"""The networks that are retrained with several seeds, and the one to recommend."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any

from pipeline.config.schema.search_schema import TuneConfig
from pipeline.search.cost.trade import cost_penalty, score_name
from pipeline.search.cost.trial_cost import AS_CONFIGURED, TrialCost
from pipeline.search.limits import CostLimits
from pipeline.search.outcome.ranking import TrialRow, as_loss, configured_latency_ms, network_cost
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
        scores: those of each retraining's best epoch: the objective, or with `search.trade` one score of it and the
            cost.
        exceeds: which limit of the search it exceeds, in words; then it is compared, and not recommended.
        cost: of its network.
    """

    trial: str
    values: dict[str, Any]
    parameters: int
    multiply_adds: int
    score: float | None
    scores: list[float]
    exceeds: str | None = None
    cost: TrialCost = AS_CONFIGURED

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
    chosen = [trial_candidate(row) for row in best[: config.search.retrain.top]]
    unchanged = apply_values(config, {})
    if chosen and all(apply_values(config, candidate.values) != unchanged for candidate in chosen):
        chosen.append(configured_candidate(best, config, limits))
    return chosen


def all_candidates(best: Sequence[TrialRow], config: TuneConfig, limits: CostLimits) -> list[Candidate]:
    """Return every completed trial and the configured network: what an earlier run of the search may have retrained."""
    return [*map(trial_candidate, best), configured_candidate(best, config, limits)]


def most_retrained(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates with the most seeds: their means can be compared. None, if none was retrained."""
    most = max((len(candidate.scores) for candidate in candidates), default=0)
    return [candidate for candidate in candidates if most and len(candidate.scores) == most]


def recommend(candidates: Sequence[Candidate], config: TuneConfig) -> Candidate | None:
    """Return the cheapest candidate among those within one standard error of the best mean.

    Candidates above a limit do not count; None if no other is there. The one-standard-error rule: Breiman et al. 1984,
    "Classification and regression trees", section 3.4.3. With `search.trade`, which says what a lower cost is worth,
    the best mean score is recommended.
    """

    def cost(candidate: Candidate) -> float:
        return network_cost(candidate.multiply_adds, candidate.cost, config)

    within = [candidate for candidate in candidates if candidate.exceeds is None]
    if not within:
        return None
    best = min(within, key=lambda candidate: (as_loss(candidate.mean, config), cost(candidate)))
    if config.search.trade is not None:
        return best
    bound = as_loss(best.mean, config) + best.spread / math.sqrt(len(best.scores))
    near = [candidate for candidate in within if as_loss(candidate.mean, config) <= bound]
    return min(near, key=lambda candidate: (cost(candidate), as_loss(candidate.mean, config)))


def candidate_line(candidate: Candidate, config: TuneConfig) -> str:
    """Return a candidate's scores and costs in words."""
    count = len(candidate.scores)
    spread, seeds = (f" ± {candidate.spread:.4f}", f"{count} seeds") if count > 1 else ("", "1 seed")
    accuracy = candidate.mean + cost_penalty(config, candidate.cost.relative)
    weighed = "" if config.search.trade is None else f", {config.search.objective} {accuracy:.4f}"
    latency = candidate.cost.latency_ms
    time = "" if latency is None else f", {latency:.3g} ms for an image"
    trial = "" if candidate.score is None else f", in its trial {candidate.score:.4f}"
    above = "" if candidate.exceeds is None else "; above the limits, not recommended"
    return (
        f"{candidate.trial}: {score_name(config)} {candidate.mean:.4f}{spread} over {seeds}{weighed}{trial}; "
        f"{candidate.multiply_adds / 1e6:.1f}M multiply-adds{time}{above}"
    )


def trial_candidate(row: TrialRow) -> Candidate:
    """Return a trial as a network that may be retrained."""
    return Candidate(row.trial, row.values, row.parameters, row.multiply_adds, row.score, [], cost=row.cost)


def configured_candidate(best: Sequence[TrialRow], config: TuneConfig, limits: CostLimits) -> Candidate:
    """Return the network that the search began with, which may not be one of its trials.

    Args:
        best: completed trials.
        config: the search.
        limits: what no recommended network may exceed.
    """
    unchanged = apply_values(config, {})
    score = next((row.score for row in best if apply_values(config, row.values) == unchanged), None)
    cost = TrialCost(1.0, configured_latency_ms(best))
    return Candidate(CONFIGURED, {}, *limits.configured_size, score, [], limits.exceeded({}), cost)
