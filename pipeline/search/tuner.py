"""The worker's side of a search: takes trials from the oracle, trains them, reports each epoch."""

import re
import shutil
import time
import warnings
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, Protocol

import psutil
from keras_tuner import errors
from keras_tuner.engine import base_tuner
from keras_tuner.src import config as keras_tuner_config

from pipeline.base.errors import PipelineError
from pipeline.base.files import read_json, write_json
from pipeline.config.search_schema import TuneConfig
from pipeline.data.dataset import Dataset
from pipeline.search.limits import Limits
from pipeline.search.space import configured
from pipeline.search.trial import summary, train
from pipeline.training.callbacks import Row
from pipeline.training.memory import forget
from pipeline.training.progress import Progress

PAST = "tuner/trial_id"  # hyperband's name for the trial that another goes on from
ATTEMPTS = 2  # a trial that was interrupted so often is given up: it may be what kills its process
PAUSE = 1.0  # seconds, at least, between two requests for a trial
ERROR = re.compile(r"[\w.]*(Error|Exception)\b")
REPORTED = ("loss", "accuracy", "val_loss", "val_accuracy")


class Recorder(Protocol):
    """Keeps trials where they can be looked at; the room `tracking` has one."""

    def begin(self, trial_id: str, values: dict[str, Any], size: tuple[int, int], kind: str = "trial") -> None:
        """Take note of a trial that begins, or goes on; its kind is `trial`, or `retrain` of a training again."""

    def epoch(self, trial_id: str, row: Row) -> None:
        """Take note of an epoch, once or again."""

    def end(self, trial_id: str, status: str, reason: str, figures: dict[str, Any]) -> None:
        """Take note of its end: COMPLETED, FAILED or KILLED, why, and its figures."""

    def reason(self, trial_id: str) -> str | None:
        """Return why a trial failed, or None."""


class TrialTuner(base_tuner.BaseTuner):
    """Keras Tuner's loop over trials of this project.

    Args:
        oracle: whom to ask, or the like of the one that a chief holds.
        config: the search.
        dataset: prepared data, or a sample of it.
        folder: where the search keeps its state.
        recorder: told of what happens.
        name: of the worker's own folder.
    """

    def __init__(
        self, oracle: Any, config: TuneConfig, dataset: Dataset, folder: Path, recorder: Recorder, name: str = "trials"
    ) -> None:
        self.config, self.dataset, self.folder, self.recorder = config, dataset, folder, recorder
        self.limits = Limits(config, dataset.description.shape, len(dataset.description.classes))
        self.figures: dict[str, Any] = {}
        self.next_request = 0.0
        keras_tuner_config.DEBUG = False  # a failed trial gets a line, not a traceback
        with redirect_stdout(StringIO()):  # it says that it reloads
            super().__init__(oracle, directory=str(folder), project_name=name)

    def save(self) -> None:
        """Keep the oracle's state: there is none besides it."""
        if not self._is_worker():
            self.oracle.save()

    def reload(self) -> None:
        """Go on from the oracle's state."""
        if not self._is_worker():
            self.oracle.reload()

    def _get_tuner_fname(self) -> str:
        return str(Path(self.project_dir) / "oracle.json")

    def pre_create_trial(self) -> None:
        """Wait a moment where the oracle has just said that there is nothing to do yet."""
        time.sleep(max(self.next_request - time.monotonic(), 0.0))
        self.next_request = time.monotonic() + PAUSE

    def on_trial_begin(self, trial: Any) -> None:
        """Tell the recorder."""
        self.figures = {}
        self.recorder.begin(trial.trial_id, own(trial), self.limits.size(own(trial)))

    def run_trial(self, trial: Any) -> None:
        """Train the trial's network; each epoch goes to the oracle, whose score is the best of them.

        Raises:
            FailedTrialError: what the network cannot do, or a trial that was interrupted too often.
        """
        self._count_attempt(trial.trial_id)
        began, values = time.monotonic(), trial.hyperparameters.values
        config, progress = configured(self.config, own(trial)), self._progress(trial)
        known = len((progress.load() or {"history": []})["history"])

        def listener(row: Row) -> None:
            if row["epoch"] > known:  # a trial that gets on may be interrupted as often as it likes
                self._attempts(trial.trial_id).unlink(missing_ok=True)
            self.recorder.epoch(trial.trial_id, row)
            reported = {key: float(row[key]) for key in REPORTED}
            self.oracle.update_trial(trial.trial_id, reported, step=int(row["epoch"]))

        try:
            until = values.get("tuner/epochs")
            outcome = train(self.dataset, config, self.config.search.objective, progress, listener, until)
        except PipelineError as error:
            raise errors.FailedTrialError(str(error)) from None
        except KeyboardInterrupt:
            self._attempts(trial.trial_id).unlink(missing_ok=True)
            raise
        finally:
            forget()
        memory = psutil.Process().memory_info().rss / 1e6
        self.figures = summary(outcome) | {"seconds": time.monotonic() - began, "memory_mb": memory}

    def on_trial_end(self, trial: Any) -> None:
        """Tell the recorder, then the oracle."""
        if trial.status == "COMPLETED":
            self.recorder.end(trial.trial_id, "COMPLETED", "", self.figures)
        else:
            self.recorder.end(trial.trial_id, "FAILED", reason(trial.message), {})
        super().on_trial_end(trial)
        self._attempts(trial.trial_id).unlink(missing_ok=True)
        if "tuner/epochs" not in trial.hyperparameters.values:
            self._progress(trial).clear()  # hyperband's trials go on from it

    def _run_and_update_trial(self, trial: Any, *arguments: Any, **options: Any) -> None:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="The use case of calling")  # it is how epochs reach a chief
            super()._run_and_update_trial(trial, *arguments, **options)

    def _progress(self, trial: Any) -> Progress:
        """Return the trial's progress; of a trial that goes on from a past one, a copy of that one's."""
        progress, past = Progress(self.folder, f"trial-{trial.trial_id}"), trial.hyperparameters.values.get(PAST)
        before = Progress(self.folder, f"trial-{past}").folder
        if past and before.is_dir() and not progress.folder.is_dir():
            partial = progress.folder.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(before, partial)
            partial.rename(progress.folder)
        return progress

    def _count_attempt(self, trial_id: str) -> None:
        file = self._attempts(trial_id)
        attempts = 1 + (read_json(file) if file.is_file() else 0)
        if attempts > ATTEMPTS:
            raise errors.FailedTrialError(
                f"its process died {ATTEMPTS} times: it may need more memory than there is; see the system's log"
            )
        write_json(file, attempts)

    def _attempts(self, trial_id: str) -> Path:
        return self.folder / "attempts" / f"{trial_id}.json"


def own(trial: Any) -> dict[str, Any]:
    """Return a trial's values without those that belong to its oracle; numpy's numbers become Python's."""
    values = {name: value for name, value in trial.hyperparameters.values.items() if not name.startswith("tuner/")}
    return {name: value.item() if hasattr(value, "item") else value for name, value in values.items()}


def reason(message: str | None) -> str:
    """Return what was wrong from a traceback: its last error, and TensorFlow's word of memory that was short."""
    lines = [line.strip() for line in (message or "unknown").splitlines() if line.strip()]
    errors_ = [line for line in lines if ERROR.match(line)] or lines[-1:]
    memory = [line for line in lines if "OOM" in line and line != errors_[-1]]
    return " ".join([errors_[-1].rpartition("FailedTrialError: ")[2], *memory[:1]])[:500]
