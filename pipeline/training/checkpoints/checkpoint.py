"""What a checkpoint records of a training, and its JSON file."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from pipeline.base.digests import text_digest
from pipeline.base.errors import PipelineError, one_line
from pipeline.training.history import EpochMetrics

FORMAT = 2


class DamagedCheckpointError(PipelineError):
    """A file of a checkpoint cannot be used."""


@dataclass(frozen=True)
class Checkpoint:
    """What a training has done so far.

    Attributes:
        run_id: its MLflow run; None where it has none.
        history: metrics of each finished epoch.
        step: batches of the unfinished epoch that are done.
        steps: batches of an epoch; 0 where `step` is 0.
        state: file of variables, random states and running metrics; None before the first step and after the last.
        best: file of the best epoch's weights.
        files: SHA-256 of these two files, by name.
        seconds: training time so far, validation included.
        results: MD5 of the finished training's run.json, by which DVC records it; one for each experiment that took
            the result; none while it is unfinished.
    """

    run_id: str | None = None
    history: list[EpochMetrics] = field(default_factory=list)
    step: int = 0
    steps: int = 0
    state: str | None = None
    best: str | None = None
    files: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    results: list[str] = field(default_factory=list)

    @property
    def epochs(self) -> int:
        """How many epochs are done."""
        return len(self.history)

    def progress(self, epochs: int | None = None) -> str:
        """Return what is done, such as `4 of 8 epochs and 120 of 400 batches`.

        Args:
            epochs: of the whole training; None where only those that are done matter.
        """
        total = f" of {epochs}" if epochs else ""
        word = "epoch" if not epochs and self.epochs == 1 else "epochs"
        batches = f" and {self.step} of {self.steps} batches" if self.step else ""
        return f"{self.epochs}{total} {word}{batches}"

    def to_json(self) -> str:
        """Return the text of checkpoint.json: format, SHA-256 of the rest, and the rest."""
        content = asdict(self)
        document = {"format": FORMAT, "sha256": _digest(content), "checkpoint": content}
        return json.dumps(document, indent=2, allow_nan=False) + "\n"

    @classmethod
    def read(cls, file: Path) -> Self:
        """Return the checkpoint that `file` describes.

        Raises:
            DamagedCheckpointError: it is missing, damaged or of another version; the message begins with its name.
        """
        try:
            document = json.loads(file.read_bytes())
        except FileNotFoundError:
            raise DamagedCheckpointError(f"{file.name} is missing") from None
        except (OSError, ValueError) as error:  # of the disk, of JSON or of UTF-8
            raise DamagedCheckpointError(f"{file.name} is damaged ({one_line(error)})") from None
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise DamagedCheckpointError(f"{file.name} is of another version of this program")
        content = document.get("checkpoint")
        if not isinstance(content, dict) or document.get("sha256") != _digest(content):
            raise DamagedCheckpointError(f"{file.name} is damaged (its SHA-256 differs)")
        return cls(**content)


def _digest(content: Mapping[str, Any]) -> str:
    return text_digest(json.dumps(content, sort_keys=True))
