"""What happens between the steps and epochs of a fit."""

import math
import time
from collections.abc import Callable
from typing import Any

import keras

from pipeline.base.errors import PipelineError
from pipeline.base.progress import Bar
from pipeline.config.schema import RecipeConfig
from pipeline.training.judge import Judge
from pipeline.training.progress import Progress

Row = dict[str, float]


class DivergedError(PipelineError):
    """The loss is no number any more."""


class Keeper(keras.callbacks.Callback):
    """After each epoch: keep the state, then tell the listener; after each step: refuse a loss that is no number.

    Attributes:
        history: one row per epoch: `epoch` (from 1), the logs, `learning_rate`.
        judge: has the weights that were validated.
    """

    def __init__(
        self,
        progress: Progress,
        state: dict[str, Any],
        recipe: RecipeConfig,
        listener: Callable[[Row], None],
        judge: Judge,
    ) -> None:
        super().__init__()
        self.progress, self.recipe, self.listener, self.judge = progress, recipe, listener, judge
        self.extra = {key: value for key, value in state.items() if key != "history"}
        self.history: list[Row] = list(state.get("history", []))

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Stop at the first step whose loss is no number."""
        if not math.isfinite((logs or {}).get("loss", 0.0)):
            raise DivergedError(
                f"the loss is not a number any more at step {batch + 1} of epoch {len(self.history) + 1}; lower "
                "recipe.learning_rate, lengthen recipe.warmup_epochs or set recipe.clip_norm, then run dvc repro again"
            )

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keep, tell, and stop where patience ends."""
        row = {"epoch": epoch + 1.0, **{key: float(value) for key, value in (logs or {}).items()}}
        row["learning_rate"] = float(self.model.optimizer.learning_rate)
        if not all(math.isfinite(value) for value in row.values()):
            raise DivergedError(
                f"the validation loss is not a number any more in epoch {epoch + 1}; lower recipe.learning_rate "
                "or lengthen recipe.warmup_epochs, then run dvc repro again"
            )
        best = not self.history or better(row, best_row(self.history, self.recipe.monitor), self.recipe.monitor)
        self.history.append(row)
        judged = self.judge.judged if best else None
        self.progress.save(self.model, {**self.extra, "history": self.history}, best=judged)
        self.listener(row)
        self.model.stop_training = out_of_patience(self.history, self.recipe)


class ProgressBar(keras.callbacks.Callback):
    """A bar over all epochs with images per second and the time left, and a line per epoch."""

    def __init__(self, batch_size: int, steps: int, first_epoch: int, epochs: int) -> None:
        super().__init__()
        self.batch_size, self.epochs = batch_size, epochs
        self.bar = Bar("training", (epochs - first_epoch) * steps * batch_size, "images")
        self.began = 0.0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Show the bar."""
        self.bar.__enter__()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Start the epoch's clock."""
        self.began = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Move the bar."""
        self.bar.advance(self.batch_size, f"loss {(logs or {}).get('loss', math.nan):.3f}")

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Print the epoch's line."""
        told = "  ".join(f"{key} {value:.4f}" for key, value in (logs or {}).items())
        self.bar.say(f"epoch {epoch + 1}/{self.epochs}  {told}  {time.monotonic() - self.began:.1f} s")

    def close(self) -> None:
        """Take the bar down, whatever happened."""
        self.bar.__exit__(None, None, None)


def better(row: Row, other: Row, monitor: str) -> bool:
    """Return whether `row` beats `other` in `monitor` (the loss lower, the accuracy higher)."""
    return row[monitor] < other[monitor] if monitor == "val_loss" else row[monitor] > other[monitor]


def best_row(history: list[Row], monitor: str) -> Row:
    """Return the first of the best rows of `history`."""
    best = history[0]
    for row in history[1:]:
        if better(row, best, monitor):
            best = row
    return best


def out_of_patience(history: list[Row], recipe: RecipeConfig) -> bool:
    """Return whether the best epoch lies `recipe.patience` epochs back."""
    if recipe.patience is None or not history:
        return False
    return history[-1]["epoch"] - best_row(history, recipe.monitor)["epoch"] >= recipe.patience
