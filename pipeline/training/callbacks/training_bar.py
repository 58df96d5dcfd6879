"""The progress bar of a training."""

import math
import time

import keras

from pipeline.base.progress_bar import ProgressBar


class TrainingBar(keras.callbacks.Callback):
    """A bar over all epochs with images per second and the time left, and a line per epoch.

    Args:
        batch_size: images per step.
        steps: per epoch.
        done: batches that are done already.
        epochs: how many there will be in all.
    """

    def __init__(self, batch_size: int, steps: int, done: int, epochs: int) -> None:
        super().__init__()
        self.batch_size, self.epochs = batch_size, epochs
        self.bar = ProgressBar("training", (epochs * steps - done) * batch_size, "images")
        self.began = 0.0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Show the bar."""
        self.bar.__enter__()  # showing it again changes nothing

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Start the epoch's clock."""
        self.began = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Move the bar."""
        self.bar.advance(self.batch_size, f"loss {(logs or {}).get('loss', math.nan):.3f}")

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Print the epoch's line."""
        metrics = "  ".join(f"{key} {value:.4f}" for key, value in (logs or {}).items())
        self.bar.print_line(f"epoch {epoch + 1}/{self.epochs}  {metrics}  {time.monotonic() - self.began:.1f} s")

    def close(self) -> None:
        """Remove the bar, whatever happened."""
        self.bar.__exit__(None, None, None)
