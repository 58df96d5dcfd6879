"""After each epoch: history, checkpoint, early stopping."""

import time
from collections.abc import Callable

import keras

from pipeline.config.schema.recipe_schema import RecipeConfig
from pipeline.training.callbacks.validation_weights import ValidationWeights
from pipeline.training.checkpoint import CheckpointStore
from pipeline.training.history import EpochMetrics, best_epoch, better, out_of_patience


class EpochRecorder(keras.callbacks.Callback):
    """Saves a checkpoint after each epoch, then calls the listener; stops where patience ends.

    Args:
        checkpoints: where the training's checkpoint is.
        recipe: which metric decides, how patient.
        listener: called with the epoch's metrics once its checkpoint is saved.
        validated: has the weights that were validated, which are saved if the epoch is the best.

    Attributes:
        history: metrics of each epoch.
    """

    def __init__(
        self,
        checkpoints: CheckpointStore,
        recipe: RecipeConfig,
        listener: Callable[[EpochMetrics], None],
        validated: ValidationWeights,
    ) -> None:
        super().__init__()
        self.checkpoints, self.recipe, self.listener, self.validated = checkpoints, recipe, listener, validated
        self.history: list[EpochMetrics] = list(checkpoints.load().history)
        self._began = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Start the epoch's clock."""
        self._began = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Record the epoch."""
        metrics = {"epoch": epoch + 1.0, **{key: float(value) for key, value in (logs or {}).items()}}
        metrics["learning_rate"] = float(self.model.optimizer.learning_rate)
        monitor = self.recipe.monitor
        best = not self.history or better(metrics, best_epoch(self.history, monitor), monitor)
        self.history.append(metrics)
        weights, seconds = self.validated.weights if best else None, time.monotonic() - self._began
        self.checkpoints.save(self.model, self.history, best=weights, seconds=seconds)
        self.listener(metrics)
        self.model.stop_training = out_of_patience(self.history, self.recipe)
