"""After each epoch: history, checkpoint, early stopping."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import keras

from pipeline.config.schema.recipe_schema import RecipeConfig
from pipeline.training.callbacks.validation_weights import ValidationWeights
from pipeline.training.checkpoints.checkpoint_store import CheckpointStore
from pipeline.training.checkpoints.save_times import SaveTimes
from pipeline.training.history import EpochMetrics, best_epoch, better, out_of_patience


class EpochRecorder(keras.callbacks.Callback):
    """Saves a checkpoint after each epoch, then calls the listener; stops where patience ends.

    Args:
        checkpoints: where the training's checkpoints are.
        recipe: which metric decides, how patient.
        listener: called with the epoch's metrics once its checkpoint is saved.
        validated: has the weights that were validated, which are saved if the epoch is the best.
        times: when checkpoints within an epoch are saved; those after epochs count too.
        steps: batches of an epoch.

    Attributes:
        history: metrics of each epoch.
    """

    def __init__(
        self,
        *,
        checkpoints: CheckpointStore,
        recipe: RecipeConfig,
        listener: Callable[[EpochMetrics], None],
        validated: ValidationWeights,
        times: SaveTimes,
        steps: int,
    ) -> None:
        super().__init__()
        self.checkpoints, self.recipe, self.listener, self.validated = checkpoints, recipe, listener, validated
        self.times, self.steps = times, steps
        self.history: list[EpochMetrics] = list(checkpoints.load().history)
        self._since = 0.0

    def save(self, step: int = 0, best: Sequence[Any] | None = None) -> None:
        """Save a checkpoint; the time that this takes is not training time.

        Args:
            step: batches of the unfinished epoch that are done; 0 after an epoch.
            best: weights to keep as the best; None to keep the previous best.
        """
        began = time.monotonic()
        seconds, steps = began - self._since, self.steps if step else 0
        self.checkpoints.save(self.model, self.history, best=best, step=step, steps=steps, seconds=seconds)
        self._since = time.monotonic()
        self.times.saved(self._since - began)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Start the clock."""
        self._since = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Record the epoch."""
        metrics = {"epoch": epoch + 1.0, **{key: float(value) for key, value in (logs or {}).items()}}
        metrics["learning_rate"] = float(self.model.optimizer.learning_rate)
        monitor = self.recipe.monitor
        best = not self.history or better(metrics, best_epoch(self.history, monitor), monitor)
        self.history.append(metrics)
        self.save(best=self.validated.weights if best else None)
        self.listener(metrics)
        self.model.stop_training = out_of_patience(self.history, self.recipe)
