"""A search on the terminal: a line per finished trial, a bar with the best so far and the time left."""

from typing import Any

from pipeline.base.progress import Bar
from pipeline.config.search_schema import TuneConfig
from pipeline.search.limits import Limits
from pipeline.search.tuner import own, reason


class Display:
    """Shows what an oracle tells of.

    Args:
        oracle: whose trials; `watch` is for it.
        config: the search.
        limits: what sizes are computed from.
        total: how many trials there can be.
    """

    def __init__(self, oracle: Any, config: TuneConfig, limits: Limits, total: int) -> None:
        self.oracle, self.config, self.limits = oracle, config, limits
        self.bar = Bar("search", total, "trials")
        self.running: dict[str, str] = {}

    def __enter__(self) -> "Display":
        self.bar.__enter__()
        self.bar.advance(len(self.oracle.end_order))
        return self

    def __exit__(self, *error: Any) -> None:
        self.bar.__exit__(*error)

    def watch(self, event: str, trial: Any) -> None:
        """Take note that a trial began, finished an epoch, or ended."""
        if event == "end":
            self.running.pop(trial.trial_id, None)
            self.bar.say(self._line(trial))
        else:
            self.running[trial.trial_id] = self._now(trial)
        self.bar.advance(int(event == "end"), f"best {self._best()}   {'   '.join(self.running.values())}")

    def _now(self, trial: Any) -> str:
        curve = _curve(trial, self.config.search.objective)
        told = f"epoch {len(curve)} {curve[-1]:.4f}" if curve else "begins"
        return f"trial {trial.trial_id}: {told}"

    def _line(self, trial: Any) -> str:
        parameters, multiply_adds = self.limits.size(own(trial))
        size = f"{parameters / 1e6:7.2f}M parameters {multiply_adds / 1e6:9.1f}M multiply-adds"
        if trial.status != "COMPLETED":
            return f"trial {trial.trial_id}  failed  {size}  {reason(trial.message)}"
        epochs = len(_curve(trial, self.config.search.objective))
        return f"trial {trial.trial_id}  {trial.score:.4f}  {size}  {epochs} epochs   best {self._best()}"

    def _best(self) -> str:
        best = self.oracle.get_best_trials(1)
        return f"{best[0].score:.4f}" if best and best[0].status == "COMPLETED" else "none yet"


def _curve(trial: Any, objective: str) -> list[float]:
    history = trial.metrics.get_history(objective) if trial.metrics.exists(objective) else []
    return [float(point.mean()) for point in sorted(history, key=lambda point: point.step)]


def total_trials(oracle: Any) -> int:
    """Return how many trials a search can have: hyperband's brackets may hold fewer than it is allowed."""
    if not hasattr(oracle, "hyperband_iterations"):
        return int(oracle.max_trials)
    brackets = range(oracle._get_num_brackets())
    sizes = [int(oracle._get_size(bracket, number)) for bracket in brackets for number in range(bracket + 1)]
    return min(int(oracle.max_trials), int(oracle.hyperband_iterations) * sum(sizes))
