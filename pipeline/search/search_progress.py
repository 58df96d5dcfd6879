"""A search on the terminal: a line per finished trial, and a progress bar with the best score so far."""

from typing import Any, Self

from pipeline.base.progress_bar import ProgressBar
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.search.limits import CostLimits
from pipeline.search.trial_values import failure_reason, objective_curve, searched_values


class SearchProgress:
    """Shows the trials of an oracle that it is subscribed to, as a context manager.

    Args:
        oracle: whose trials.
        config: the search.
        limits: what sizes of networks are computed from.
    """

    def __init__(self, *, oracle: Any, config: TuneConfig, limits: CostLimits) -> None:
        self.oracle, self.config, self.limits = oracle, config, limits
        self.bar = ProgressBar("search", total_trials(oracle), "trials")
        self.running: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.bar.__enter__()
        self.bar.advance(len(self.oracle.end_order))
        return self

    def __exit__(self, *error: Any) -> None:
        self.bar.__exit__(*error)

    def on_trial(self, event: str, trial: Any) -> None:
        """Show that a trial began, finished an epoch, or ended."""
        if event == "end":
            self.running.pop(trial.trial_id, None)
            self.bar.print_line(self._line(trial))
        else:
            self.running[trial.trial_id] = self._state(trial)
        self.bar.advance(int(event == "end"), f"best {self._best()}   {'   '.join(self.running.values())}")

    def _state(self, trial: Any) -> str:
        curve = objective_curve(trial, self.config.search.objective)
        return f"trial {trial.trial_id}: " + (f"epoch {len(curve)} {curve[-1]:.4f}" if curve else "starting")

    def _line(self, trial: Any) -> str:
        parameters, multiply_adds = self.limits.size(searched_values(trial))
        size = f"{parameters / 1e6:7.2f}M parameters {multiply_adds / 1e6:9.1f}M multiply-adds"
        if trial.status != "COMPLETED":
            return f"trial {trial.trial_id}  failed  {size}  {failure_reason(trial.message)}"
        epochs = len(objective_curve(trial, self.config.search.objective))
        return f"trial {trial.trial_id}  {trial.score:.4f}  {size}  {epochs} epochs   best {self._best()}"

    def _best(self) -> str:
        best = self.oracle.get_best_trials(1)
        return f"{best[0].score:.4f}" if best and best[0].status == "COMPLETED" else "none yet"


def total_trials(oracle: Any) -> int:
    """Return how many trials a search can have: hyperband's brackets may hold fewer than its limit."""
    if not hasattr(oracle, "hyperband_iterations"):
        return int(oracle.max_trials)
    from pipeline.search.engine.keras_tuner_internals import hyperband_trials

    return min(int(oracle.max_trials), hyperband_trials(oracle))
