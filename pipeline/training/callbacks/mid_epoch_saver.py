"""Checkpoints within an epoch."""

import keras

from pipeline.training.callbacks.epoch_recorder import EpochRecorder
from pipeline.training.callbacks.interruption import Interruption
from pipeline.training.checkpoints.save_times import SaveTimes


class MidEpochSaver(keras.callbacks.Callback):
    """Saves a checkpoint after a batch when one is due, or before Ctrl-C takes effect.

    It must come after `NanGuard`, so that no checkpoint is saved of a loss that is NaN. The epoch's last batch is left
    to `EpochRecorder`.

    Args:
        recorder: saves.
        times: decides when.
        interruption: holds Ctrl-C back while an epoch's batches run.
    """

    def __init__(self, recorder: EpochRecorder, times: SaveTimes, interruption: Interruption) -> None:
        super().__init__()
        self.recorder, self.times, self.interruption = recorder, times, interruption
        self._before = 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Restore the running metrics of an epoch that was interrupted."""
        checkpoints = self.recorder.checkpoints
        self._before = checkpoints.load().step
        if self._before:
            checkpoints.restore_metrics(self.model)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Save a checkpoint if it is time."""
        done = self._before + batch + 1
        self.interruption.holding = done < self.recorder.steps  # from the first batch on, which takes long to compile
        if self.interruption.holding and (self.interruption.pending or self.times.due()):
            self.recorder.save(step=done)
            self.interruption.take_effect()

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        """Let Ctrl-C have its effect at once during validation."""
        self.interruption.take_effect()
