"""Results of finished trials and retrainings, which later searches of the project take over."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.base.files import read_whole_json, write_json
from pipeline.training.history import EpochMetrics

METRICS = {"epoch", "loss", "accuracy", "val_loss", "val_accuracy"}  # what the history of every training has


class KnownResults:
    """Histories of finished trainings, by `trial_key`.

    Args:
        folder: of the project's searches.

    Attributes:
        taken: how many results were taken over.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.taken = folder / "known", 0

    def take(self, key: str) -> list[EpochMetrics] | None:
        """Return the metrics of each epoch of a finished training; None if it is not known, or its file is damaged.

        Then the network is retrained, and `keep` replaces the file.
        """
        history = read_whole_json(self._file(key))
        if not _is_history(history):
            return None
        self.taken += 1
        found: list[EpochMetrics] = history
        return found

    def keep(self, key: str, history: Sequence[EpochMetrics]) -> None:
        """Keep the metrics of each epoch of a finished training."""
        write_json(self._file(key), list(history))

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def _is_history(value: Any) -> bool:
    """Return whether what a file holds is the history of a training."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(epoch, dict) and set(epoch) >= METRICS for epoch in value)
        and all(isinstance(number, int | float) for epoch in value for number in epoch.values())
    )
