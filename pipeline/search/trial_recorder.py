"""Who keeps trials where a person can look at them."""

from collections.abc import Mapping
from typing import Any, Protocol


class TrialRecorder(Protocol):
    """Records trials and retrainings; `tracking` has one that writes to MLflow."""

    def begin_trial(self, trial_id: str, values: Mapping[str, Any], size: tuple[int, int], kind: str = "trial") -> None:
        """Record that a trial begins or resumes.

        Args:
            trial_id: unique in the search.
            values: what was searched.
            size: parameters and multiply-adds of its network.
            kind: `trial` or `retrain`.
        """

    def log_epoch(self, trial_id: str, metrics: Mapping[str, float]) -> None:
        """Record an epoch; an epoch that was recorded is not recorded again."""

    def end_trial(self, trial_id: str, status: str, reason: str, figures: Mapping[str, Any]) -> None:
        """Record the end of a trial.

        Args:
            trial_id: of the trial.
            status: COMPLETED, FAILED or KILLED.
            reason: why it failed; empty if it did not.
            figures: what it is compared by.
        """

    def failure_reason(self, trial_id: str) -> str | None:
        """Return why a trial failed, or None."""
