"""Training stopped at the first loss that is NaN or infinite."""

import math

import keras

from pipeline.base.errors import UntrainableError


class NanLossError(UntrainableError):
    """The loss became NaN or infinite."""


class NanGuard(keras.callbacks.Callback):
    """Raises `NanLossError` after the step or the epoch whose loss is NaN or infinite.

    It must come before the callbacks that save checkpoints, so that none is saved of such an epoch.

    Args:
        done: batches of the first epoch that were done before.
    """

    def __init__(self, done: int = 0) -> None:
        super().__init__()
        self.epoch, self.done = 0, done

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Note which epoch it is."""
        self.epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Check the training loss."""
        if not math.isfinite((logs or {}).get("loss", 0.0)):
            raise NanLossError(
                f"the loss is NaN or infinite at step {self.done + batch + 1} of epoch {self.epoch}; lower "
                "recipe.learning_rate, lengthen recipe.warmup_epochs or set recipe.clip_norm, then run dvc repro again"
            )

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Check all metrics, those of validation included."""
        if not all(math.isfinite(value) for value in (logs or {}).values()):
            raise NanLossError(
                f"the validation loss is NaN or infinite in epoch {self.epoch}; lower recipe.learning_rate "
                "or lengthen recipe.warmup_epochs, then run dvc repro again"
            )
