"""Keras Tuner's loop over trials: takes them from the oracle, trains them, reports each epoch."""

import shutil
import time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import psutil
from keras_tuner import errors

from pipeline.base.errors import PipelineError, UntrainableError
from pipeline.base.files import atomic_folder, read_whole_json, write_json
from pipeline.base.system_errors import system_error
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.data.dataset import Dataset
from pipeline.search.cost.trial_cost import CostMeter, weighed_figures
from pipeline.search.engine.keras_tuner_internals import TunerInternals, silence_keras_tuner
from pipeline.search.engine.trial_checkpoints import held_checkpoints
from pipeline.search.known_results import KnownResults
from pipeline.search.limits import CostLimits
from pipeline.search.space import apply_values
from pipeline.search.trial import train_trial, trial_metrics
from pipeline.search.trial_recorder import TrialRecorder
from pipeline.search.trial_values import failure_reason, searched_values
from pipeline.training.checkpoints.checkpoint_folder import LAST
from pipeline.training.checkpoints.checkpoint_store import CheckpointStore
from pipeline.training.history import EpochMetrics
from pipeline.training.memory import release_memory

CONTINUES = "tuner/trial_id"  # hyperband's name for the trial that another continues
ATTEMPTS = 3  # a trial that was interrupted this often is abandoned: it may be what kills its process
PAUSE = 1.0  # seconds, at least, between two requests for a trial
REPORTED = ("loss", "accuracy", "val_loss", "val_accuracy")


class SearchStoppedError(PipelineError, errors.FatalError):
    """A trial cannot be trained now, for which its values are not to blame; the same command repeats it."""


class TrialTuner(TunerInternals):
    """The loop over the trials of a search.

    Args:
        oracle: proposes trials; in a worker, a client of the chief's.
        config: the search.
        dataset: prepared data, or a subset of it.
        folder: where the search keeps its state.
        recorder: records trials.
        name: name of this process's own folder.
        known: results of earlier searches, which are taken instead of retraining.
    """

    def __init__(
        self,
        *,
        oracle: Any,
        config: TuneConfig,
        dataset: Dataset,
        folder: Path,
        recorder: TrialRecorder,
        name: str = "trials",
        known: KnownResults | None = None,
    ) -> None:
        self.config, self.dataset, self.folder, self.recorder = config, dataset, folder, recorder
        self.known = known
        self.limits = CostLimits(config, dataset.info.shape, len(dataset.info.classes))
        self.meter = CostMeter(self.limits, folder)
        self.figures: dict[str, Any] = {}
        self.next_request = 0.0
        silence_keras_tuner()
        with redirect_stdout(StringIO()):  # it prints that it reloads
            super().__init__(oracle, directory=str(folder), project_name=name)

    def save(self) -> None:
        """Save the oracle's state: there is no other."""
        if not self.is_worker:
            self.oracle.save()

    def reload(self) -> None:
        """Resume from the oracle's state."""
        if not self.is_worker:
            self.oracle.reload()

    def pre_create_trial(self) -> None:
        """Wait a moment if the oracle has just said that there is nothing to do yet."""
        time.sleep(max(self.next_request - time.monotonic(), 0.0))
        self.next_request = time.monotonic() + PAUSE

    def on_trial_begin(self, trial: Any) -> None:
        """Record the trial."""
        self.figures = {}
        values = searched_values(trial)
        self.recorder.begin_trial(trial.trial_id, values, self.limits.size(values))

    def run_trial(self, trial: Any) -> None:
        """Train the trial's network and report each epoch to the oracle; a trial's score is that of its best epoch.

        Raises:
            FailedTrialError: the network cannot be trained, or the trial was interrupted too often.
            SearchStoppedError: the machine is to blame, such as a full disk.
        """
        try:
            with held_checkpoints(self._checkpoints(trial)) as checkpoints:
                self._count_attempt(trial.trial_id, checkpoints.folder / LAST)
                self._train(trial, checkpoints)
        except errors.FailedTrialError:
            raise
        except Exception as error:
            if (sentence := _machines_fault(error)) is None:
                raise
            self._attempts(trial.trial_id).unlink(missing_ok=True)
            raise SearchStoppedError(f"{sentence} (trial {trial.trial_id} is then repeated)") from None

    def _train(self, trial: Any, checkpoints: CheckpointStore) -> None:
        began, values = time.monotonic(), trial.hyperparameters.values
        config, known = apply_values(self.config, searched_values(trial)), checkpoints.load().epochs

        def listener(metrics: EpochMetrics) -> None:
            if metrics["epoch"] > known:  # a trial that makes progress may be interrupted any number of times
                self._attempts(trial.trial_id).unlink(missing_ok=True)
            self.recorder.log_epoch(trial.trial_id, metrics)
            reported = {key: float(metrics[key]) for key in REPORTED} | weighed_figures(self.config, cost, metrics)
            self.oracle.update_trial(trial.trial_id, reported, step=int(metrics["epoch"]))

        try:
            until = values.get("tuner/epochs")
            cost = self.meter.cost(config)
            objective = self.config.search.objective
            result = train_trial(self.dataset, config, objective, checkpoints, listener, until, self.known)
        except UntrainableError as error:
            raise errors.FailedTrialError(str(error)) from None
        except KeyboardInterrupt:
            self._attempts(trial.trial_id).unlink(missing_ok=True)
            raise
        finally:
            release_memory()
        memory = psutil.Process().memory_info().rss / 1e6
        self.figures = trial_metrics(result) | weighed_figures(self.config, cost, result.best)
        self.figures |= {"seconds": time.monotonic() - began, "memory_mb": memory}

    def on_trial_end(self, trial: Any) -> None:
        """Record the end, then report it to the oracle."""
        if trial.status == "COMPLETED":
            self.recorder.end_trial(trial.trial_id, "COMPLETED", "", self.figures)
        else:
            self.recorder.end_trial(trial.trial_id, "FAILED", failure_reason(trial.message), {})
        super().on_trial_end(trial)
        self._attempts(trial.trial_id).unlink(missing_ok=True)
        if "tuner/epochs" not in trial.hyperparameters.values:
            self._checkpoints(trial).clear()  # hyperband's next round continues from it

    def _checkpoints(self, trial: Any) -> CheckpointStore:
        """Return the trial's checkpoint; for a trial that continues another, a copy of that one's."""
        own, continues = (
            CheckpointStore(self.folder, f"trial-{trial.trial_id}"),
            trial.hyperparameters.values.get(CONTINUES),
        )
        before = CheckpointStore(self.folder, f"trial-{continues}").folder
        if continues and before.is_dir() and not own.folder.is_dir():
            with atomic_folder(own.folder) as partial:
                shutil.copytree(before, partial, dirs_exist_ok=True)
        return own

    def _count_attempt(self, trial_id: str, checkpoint: Path) -> None:
        file = self._attempts(trial_id)
        before = read_whole_json(file)
        attempts = 1 + (before if isinstance(before, int) else 0)
        if file.is_file() and checkpoint.is_file() and checkpoint.stat().st_mtime > file.stat().st_mtime:
            attempts = 1  # the last attempt saved a checkpoint within an epoch
        if attempts > ATTEMPTS:
            raise errors.FailedTrialError(
                f"its process died {ATTEMPTS} times: it may need more memory than there is; see the system's log"
            )
        write_json(file, attempts)

    def _attempts(self, trial_id: str) -> Path:
        return self.folder / "attempts" / f"{trial_id}.json"


def _machines_fault(error: Exception) -> str | None:
    """Return a sentence for an error that another attempt may not meet, None for any other."""
    return str(error) if isinstance(error, PipelineError) else system_error(error)
