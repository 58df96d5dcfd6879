"""Checkpoints: the state of a training after each epoch, from which an interrupted training resumes.

They are kept outside the outputs that DVC removes before a stage runs.
"""

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from pipeline.base.files import atomic_file, read_json, write_json
from pipeline.base.paths import CHECKPOINTS
from pipeline.training.history import EpochMetrics

KEPT = 3  # checkpoints of other trainings; older ones are removed when a new training starts


@dataclass(frozen=True)
class Checkpoint:
    """What a training has done so far.

    Attributes:
        run_id: its MLflow run; None where it has none.
        history: metrics of each epoch.
        variables: file of the last epoch's variables; None before the first epoch and after the last.
        best: file of the best epoch's weights.
        seconds: training time so far, validation included.
        result: MD5 of the finished training's run.json, by which DVC records it; None while it is unfinished.
    """

    run_id: str | None = None
    history: list[EpochMetrics] = field(default_factory=list)
    variables: str | None = None
    best: str | None = None
    seconds: float = 0.0
    result: str | None = None

    @property
    def epochs(self) -> int:
        """How many epochs are done."""
        return len(self.history)


class CheckpointStore:
    """The checkpoint of one training, in `root`/.checkpoints/`key`.

    Args:
        root: the project's folder, or that of a search.
        key: digest of everything that determines the result, so that a changed setting starts afresh.
    """

    def __init__(self, root: Path, key: str) -> None:
        self.folder = root / CHECKPOINTS / key
        self._file = self.folder / "checkpoint.json"

    def load(self) -> Checkpoint:
        """Return the checkpoint; an empty one if there is none."""
        return Checkpoint(**read_json(self._file)) if self._file.is_file() else Checkpoint()

    def set_run(self, run_id: str) -> None:
        """Keep the id of the training's MLflow run."""
        self._write(replace(self.load(), run_id=run_id))

    def save(
        self, model: keras.Model, history: Sequence[EpochMetrics], *, best: Sequence[Any] | None, seconds: float = 0.0
    ) -> None:
        """Keep the state after an epoch.

        checkpoint.json changes last: a kill at any instant leaves this epoch or the one before, whole.

        Args:
            model: with its optimizer.
            history: metrics of each epoch, this one included.
            best: weights to keep as the best, in the order of `model.weights`; None to keep the previous best.
            seconds: that the epoch took.
        """
        before, epoch = self.load(), len(history)
        now = replace(before, history=list(history), seconds=before.seconds + seconds)
        now = replace(now, variables=f"epoch-{epoch:05d}.npz", result=None)
        if best is not None:
            now = replace(now, best=f"best-{epoch:05d}.npz")
            _save(self.folder / str(now.best), best)
        _save(self.folder / str(now.variables), _variables(model))
        self._write(now)

    def restore(self, model: keras.Model) -> None:
        """Give `model` and its optimizer the values they had at the checkpoint, bit for bit."""
        with np.load(self.folder / str(self.load().variables)) as saved:
            for index, variable in enumerate(_variables(model)):
                variable.assign(saved[str(index)])

    def best_weights(self) -> list[NDArray[Any]]:
        """Return the weights of the best epoch, in the order of `model.weights`."""
        with np.load(self.folder / str(self.load().best)) as saved:
            return [saved[str(index)] for index in range(len(saved.files))]

    def finish(self, result: str) -> None:
        """Note that the training is finished; only its best weights stay, to save the model again from.

        Args:
            result: MD5 of its run.json.
        """
        self._write(replace(self.load(), variables=None, result=result))

    def clear(self) -> None:
        """Remove the checkpoint."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def prune(self) -> None:
        """Remove the checkpoints of all but the newest other trainings."""
        others = [path for path in self.folder.parent.glob("*") if path != self.folder and path.is_dir()]
        for path in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
            shutil.rmtree(path, ignore_errors=True)

    def _write(self, checkpoint: Checkpoint) -> None:
        """Replace checkpoint.json, then remove the files that it does not name."""
        write_json(self._file, asdict(checkpoint))
        for file in self.folder.glob("*.npz"):
            if file.name not in (checkpoint.variables, checkpoint.best):
                file.unlink()


def _variables(model: keras.Model) -> list[keras.Variable]:
    """Return weights, the states of random generators, and the optimizer's variables, its step count included."""
    return [*model.variables, *model.optimizer.variables]


def _save(path: Path, variables: Sequence[Any]) -> None:
    arrays = {str(index): keras.ops.convert_to_numpy(variable) for index, variable in enumerate(variables)}
    with atomic_file(path) as partial:
        np.savez(partial, allow_pickle=False, **arrays)
