"""A search on the terminal: a line per finished trial, and a progress bar of epochs with the best score so far."""

from typing import Any, Self

from pipeline.base.progress_bar import ProgressBar
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.search.cost.trial_cost import LATENCY
from pipeline.search.limits import CostLimits
from pipeline.search.search_size import total_epochs, total_trials, trial_epochs
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
        self.total = total_trials(oracle, config)
        self.bar = ProgressBar("search", total_epochs(oracle, config, self.total), "epochs")
        self.running: dict[str, str] = {}
        self.counted: dict[str, int] = {}  # epochs of running trials that the bar has

    def __enter__(self) -> Self:
        self.bar.__enter__()
        ended = [self.oracle.trials[trial_id].hyperparameters.values for trial_id in self.oracle.end_order]
        self.bar.advance(sum(trial_epochs(values, self.config) for values in ended))
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
        trials = f"trial {min(len(self.oracle.trials), self.total)} of {self.total}"
        self.bar.advance(
            self._further(event, trial), "   ".join([trials, f"best {self._best()}", *self.running.values()])
        )

    def _further(self, event: str, trial: Any) -> int:
        """Return how many epochs of a trial the bar does not have yet; early stopping leaves some out at its end."""
        values, before = trial.hyperparameters.values, self.counted.pop(trial.trial_id, 0)
        most = trial_epochs(values, self.config)
        done = len(objective_curve(trial, self.config.search.objective)) - int(values.get("tuner/initial_epoch") or 0)
        after = most if event == "end" else min(max(done, before), most)
        if event != "end":
            self.counted[trial.trial_id] = after
        return after - before

    def _state(self, trial: Any) -> str:
        curve = objective_curve(trial, self.config.search.objective)
        return f"trial {trial.trial_id}: " + (f"epoch {len(curve)} {curve[-1]:.4f}" if curve else "starting")

    def _line(self, trial: Any) -> str:
        parameters, multiply_adds = self.limits.size(searched_values(trial))
        size = f"{parameters / 1e6:7.2f}M parameters {multiply_adds / 1e6:9.1f}M multiply-adds"
        if trial.metrics.exists(LATENCY):
            size += f" {trial.metrics.get_last_value(LATENCY):8.2f} ms"
        if trial.status != "COMPLETED":
            return f"trial {trial.trial_id}  failed  {size}  {failure_reason(trial.message)}"
        curve = objective_curve(trial, self.config.search.objective)
        weighed = "" if self.config.search.trade is None else f"{self.config.search.objective} {max(curve):.4f}  "
        return f"trial {trial.trial_id}  {trial.score:.4f}  {weighed}{size}  {len(curve)} epochs   best {self._best()}"

    def _best(self) -> str:
        best = self.oracle.get_best_trials(1)
        return f"{best[0].score:.4f}" if best and best[0].status == "COMPLETED" else "none yet"
