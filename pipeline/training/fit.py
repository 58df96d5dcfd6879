"""One training, from its checkpoint to its last epoch."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from pipeline.config.schema.model_schema import ModelConfig
from pipeline.config.schema.recipe_schema import RecipeConfig
from pipeline.data.dataset import Dataset
from pipeline.data.loader import OrderedBatches, TrainingBatches
from pipeline.training.callbacks.epoch_recorder import EpochRecorder
from pipeline.training.callbacks.interruption import Interruption
from pipeline.training.callbacks.mid_epoch_saver import MidEpochSaver
from pipeline.training.callbacks.nan_guard import NanGuard, NanLossError
from pipeline.training.callbacks.training_bar import TrainingBar
from pipeline.training.callbacks.validation_weights import ValidationWeights
from pipeline.training.checkpoints.checkpoint_store import CheckpointStore
from pipeline.training.checkpoints.save_times import EveryMinutes, SaveTimes
from pipeline.training.history import EpochMetrics, best_epoch, out_of_patience
from pipeline.training.networks.inference_model import inference_model, save_keras_file
from pipeline.training.recipe.augmentation import build_augmentation
from pipeline.training.trainable import build_trainable, configure_keras


@dataclass(frozen=True)
class TrainingResult:
    """A finished training.

    Attributes:
        model: the network as it was trained.
        weights: those of the best epoch, in the order of `model.weights`.
        history: metrics of each epoch.
        best: metrics of the best epoch.
        seconds: training time of all epochs, validation included.
    """

    model: keras.Model
    weights: list[NDArray[np.float32]]
    history: list[EpochMetrics]
    best: EpochMetrics
    seconds: float = 0.0


class Training:
    """A network and its data, ready to be trained: what is wrong with the settings is refused here.

    Example:
        >>> training = Training(dataset, config.model, config.recipe, checkpoints)
        >>> training.run(print).best["val_accuracy"]
        0.98

    Args:
        dataset: prepared data; `train` is fitted, `validation` decides which epoch is the best.
        network: which network.
        recipe: how to train it.
        checkpoints: where its checkpoints are saved, and the training resumes from.
        start: a `.keras` file with initial weights; None for random ones.
        times: when to save checkpoints within epochs; never if it is None.
        quiet: print nothing.

    Raises:
        PipelineError: an incompatible `start`, or too few batches for one update.
    """

    def __init__(
        self,
        dataset: Dataset,
        network: ModelConfig,
        recipe: RecipeConfig,
        checkpoints: CheckpointStore,
        start: Path | None = None,
        *,
        times: SaveTimes | None = None,
        quiet: bool = False,
    ) -> None:
        self.recipe, self.checkpoints, self.quiet, self.times = recipe, checkpoints, quiet, times or EveryMinutes(None)
        configure_keras(recipe, quiet=quiet)
        augment = build_augmentation(recipe.augment, dataset.info.shape[2])
        self.batches = TrainingBatches(dataset, recipe.batch_size, recipe.seed, augment)
        self.validation = OrderedBatches(dataset, "validation", recipe.batch_size)
        self.model = build_trainable(dataset, network, recipe, self.batches.steps, start)

    def run(self, listener: Callable[[EpochMetrics], None], until: int | None = None) -> TrainingResult:
        """Train for the recipe's epochs, or for what is left of them.

        Args:
            listener: called with each epoch's metrics once its checkpoint is saved.
            until: stop after this many of the recipe's epochs; the schedule stays that of all of them.

        Raises:
            PipelineError: a loss that is NaN or infinite, or a checkpoint that cannot be written.
        """
        checkpoints, recipe, done = self.checkpoints, self.recipe, self.checkpoints.load()
        last = min(until or recipe.epochs, recipe.epochs)
        if done.state:
            checkpoints.restore(self.model)
        recorder = EpochRecorder(
            checkpoints=checkpoints,
            recipe=recipe,
            listener=listener,
            validated=ValidationWeights(self.batches),
            times=self.times,
            steps=self.batches.steps,
        )
        if done.epochs < last and not out_of_patience(recorder.history, recipe):
            if (done.epochs or done.step) and not self.quiet:
                batches = f" and {done.step} of {done.steps} batches" if done.step else ""
                print(f"resuming after epoch {done.epochs} of {recipe.epochs}{batches}")
            self._run_epochs(done.epochs, done.step, last, recorder)
        history, seconds = recorder.history, checkpoints.load().seconds
        best = best_epoch(history, recipe.monitor)
        return TrainingResult(self.model, checkpoints.best_weights(), history, best, seconds)

    def _run_epochs(self, first: int, step: int, last: int, recorder: EpochRecorder) -> None:
        """Train from batch `step` of epoch `first` (from 0) to the end of epoch `last` - 1."""
        batches, bar = self.batches, None
        if not self.quiet:
            bar = TrainingBar(batches.batch_size, batches.steps, first * batches.steps + step, last)
        try:
            with Interruption() as interruption:
                others = [MidEpochSaver(recorder, self.times, interruption), *([bar] if bar else [])]
                if step:
                    self._fit(first, step, first + 1, recorder, others)
                    if first + 1 == last or out_of_patience(recorder.history, self.recipe):
                        return
                    self.checkpoints.restore(self.model)  # the end of a fit assigns averaged weights
                self._fit(first + bool(step), 0, last, recorder, others)
        except NanLossError as error:
            raise self._with_best_weights(error) from None
        finally:
            if bar:
                bar.close()

    def _fit(self, first: int, step: int, last: int, recorder: EpochRecorder, others: list[Any]) -> None:
        self.model.fit(
            self.batches.from_epoch(first, last, step),
            validation_data=self.validation.stream(),
            epochs=last,
            shuffle=False,
            initial_epoch=first,
            steps_per_epoch=self.batches.steps - step,
            callbacks=[recorder.validated, NanGuard(step), recorder, *others],
            verbose=0,
        )

    def _with_best_weights(self, error: NanLossError) -> NanLossError:
        """Save the best weights so far to a file that the returned error names; return `error` where there are none."""
        if not self.checkpoints.load().best:
            return error
        file = self.checkpoints.folder / "best.keras"
        save_keras_file(inference_model(self.model, self.checkpoints.best_weights()), file)
        return NanLossError(f"{error}. The best weights so far are in {file} (model.init_from accepts it)")


def fit(
    dataset: Dataset,
    network: ModelConfig,
    recipe: RecipeConfig,
    checkpoints: CheckpointStore,
    listener: Callable[[EpochMetrics], None],
    start: Path | None = None,
    *,
    times: SaveTimes | None = None,
    until: int | None = None,
    quiet: bool = False,
) -> TrainingResult:
    """Build a `Training` and run it; the arguments are those of the two.

    Raises:
        PipelineError: see there.
    """
    training = Training(dataset, network, recipe, checkpoints, start, times=times, quiet=quiet)
    return training.run(listener, until)
