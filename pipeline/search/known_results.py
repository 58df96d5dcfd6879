"""Results of finished trials and retrainings, which later searches of the project take over."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.base.files import read_json, write_json
from pipeline.training.history import EpochMetrics


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
        """Return the metrics of each epoch of a finished training, or None."""
        file = self._file(key)
        if not file.is_file():
            return None
        self.taken += 1
        history: list[EpochMetrics] = read_json(file)
        return history

    def keep(self, key: str, history: Sequence[EpochMetrics]) -> None:
        """Keep the metrics of each epoch of a finished training."""
        write_json(self._file(key), list(history))

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.json"
