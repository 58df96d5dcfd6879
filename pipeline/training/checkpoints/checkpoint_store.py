"""The folder of a training's checkpoints, from which it resumes when it was interrupted.

It is kept outside the outputs that DVC removes before a stage runs. checkpoint.json names the files of the last
checkpoint with their SHA-256, previous.json those of the one before.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.base.files import write_text
from pipeline.base.locks.process_lock import process_lock
from pipeline.base.paths import CHECKPOINTS
from pipeline.base.temporary.leftovers import remove_leftovers
from pipeline.training.checkpoints.array_file import read_arrays, write_arrays, write_durably
from pipeline.training.checkpoints.checkpoint import Checkpoint
from pipeline.training.checkpoints.checkpoint_folder import LAST, LOCK, PREVIOUS, RUN_ID, clear_folder, last_whole
from pipeline.training.checkpoints.training_state import assign_metrics, assign_state, numbered, state_arrays
from pipeline.training.history import EpochMetrics


class CheckpointStore:
    """The checkpoints of one training, in `root`/.checkpoints/`key`.

    Args:
        root: the project's folder, or that of a search.
        key: digest of everything that determines the result, so that a changed setting starts afresh.
    """

    def __init__(self, root: Path, key: str) -> None:
        self.folder = root / CHECKPOINTS / key
        self._loaded: Checkpoint | None = None
        self._best: list[NDArray[Any]] | None = None
        self._held = False

    @contextmanager
    def hold(self, waiting: Callable[[str], None]) -> Iterator[bool]:
        """Let no other process train into this folder; yield whether one had to be waited for.

        Args:
            waiting: called once with the other process, such as `pid 123`, before waiting for its end.
        """
        with process_lock(self.folder / LOCK, waiting) as waited:
            self._held, self._loaded, self._best = True, None, None
            remove_leftovers(self.folder)
            try:
                yield waited
            finally:
                self._held = False
                with suppress(OSError):  # the folder was removed meanwhile
                    if [path.name for path in self.folder.iterdir()] == [LOCK]:
                        clear_folder(self.folder)

    def load(self) -> Checkpoint:
        """Return the last checkpoint whose files are whole; an empty one if there is none.

        The first call checks the files: one line says what is damaged, and from where the training resumes.
        """
        if self._loaded is None:
            self._loaded = last_whole(self.folder)
        return self._loaded

    def set_run(self, run_id: str) -> None:
        """Keep the id of the training's MLflow run."""
        write_text(self.folder / RUN_ID, f"{run_id}\n")
        self._write(replace(self.load(), run_id=run_id))

    def save(
        self,
        model: keras.Model,
        history: Sequence[EpochMetrics],
        *,
        best: Sequence[Any] | None = None,
        step: int = 0,
        steps: int = 0,
        seconds: float = 0.0,
    ) -> None:
        """Keep the state after an epoch, or within one.

        The JSON files change last: a kill at any instant leaves this checkpoint or the one before, whole.

        Args:
            model: with its optimizer.
            history: metrics of each finished epoch.
            best: weights to keep as the best, in the order of `model.weights`; None to keep the previous best.
            step: batches of the unfinished epoch that are done; 0 after an epoch.
            steps: batches of an epoch.
            seconds: since the last checkpoint.

        Raises:
            PipelineError: the disk is full, or cannot be written.
        """
        before, state = self.load(), f"state-{len(history):05d}-{step:06d}.npz"
        weights = before.best if best is None else f"best-{len(history):05d}.npz"
        files = {name: digest for name, digest in before.files.items() if name == weights}
        with self._errors_in_words():
            if best is not None:
                self._best = list(numbered(best).values())
                files[str(weights)] = write_arrays(self.folder / str(weights), numbered(best))
            elif self._best is not None and not (self.folder / str(weights)).is_file():  # somebody removed it
                kept = {str(index): value for index, value in enumerate(self._best)}
                files[str(weights)] = write_arrays(self.folder / str(weights), kept)
            files[state] = write_arrays(self.folder / state, state_arrays(model, metrics=step > 0))
            total = before.seconds + seconds
            self._replace(Checkpoint(before.run_id, list(history), step, steps, state, weights, files, total))

    def restore(self, model: keras.Model) -> None:
        """Give `model` and its optimizer the values they had at the checkpoint, bit for bit.

        Raises:
            DamagedCheckpointError: the file has changed since it was checked, or is of another network.
        """
        assign_state(model, self._arrays(self.load().state))

    def restore_metrics(self, model: keras.Model) -> None:
        """Give the metrics of `model` their running sums of the unfinished epoch."""
        assign_metrics(model, self._arrays(self.load().state))

    def best_weights(self) -> list[NDArray[Any]]:
        """Return the weights of the best epoch, in the order of `model.weights`.

        Raises:
            DamagedCheckpointError: the file has changed since it was checked.
        """
        if self._best is None:
            self._best = list(self._arrays(self.load().best).values())
        return list(self._best)

    def finish(self, result: str) -> None:
        """Note that the training is finished; only its best weights stay, to save the model again from.

        Args:
            result: MD5 of its run.json.
        """
        done = self.load()
        results = [*(other for other in done.results if other != result), result]
        files = {name: digest for name, digest in done.files.items() if name == done.best}
        self._write(replace(done, state=None, step=0, files=files, results=results))
        (self.folder / PREVIOUS).unlink(missing_ok=True)
        self._keep(files)

    def clear(self) -> None:
        """Remove the checkpoint; a lock that this process holds stays."""
        clear_folder(self.folder, keep=(LOCK,) if self._held else ())
        self._loaded = self._best = None

    def _arrays(self, name: str | None) -> dict[str, NDArray[Any]]:
        return read_arrays(self.folder / str(name), self.load().files.get(str(name)))

    @contextmanager
    def _errors_in_words(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise PipelineError(
                f"the checkpoint in {self.folder} could not be written: {error.strerror}; mend that, then run the same "
                f"command again: it resumes after {self.load().progress()}"
            ) from None

    def _write(self, checkpoint: Checkpoint) -> None:
        write_durably(self.folder / LAST, checkpoint.to_json())
        self._loaded = checkpoint

    def _replace(self, checkpoint: Checkpoint) -> None:
        """Let `checkpoint` be the last one, the present one the one before it; remove the files of older ones."""
        before = self.load()
        write_durably(self.folder / PREVIOUS, before.to_json())
        self._write(checkpoint)
        self._keep({**before.files, **checkpoint.files})

    def _keep(self, names: dict[str, str]) -> None:
        for file in self.folder.glob("*.npz"):
            if file.name not in names:
                file.unlink()
