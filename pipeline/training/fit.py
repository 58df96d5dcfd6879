"""One training, from its checkpoint to its last epoch."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.config.schema.model_schema import ModelConfig
from pipeline.config.schema.recipe_schema import RecipeConfig
from pipeline.data.dataset import Dataset
from pipeline.data.loader import OrderedBatches, TrainingBatches
from pipeline.training.callbacks.epoch_recorder import EpochRecorder
from pipeline.training.callbacks.nan_guard import NanGuard, NanLossError
from pipeline.training.callbacks.training_bar import TrainingBar
from pipeline.training.callbacks.validation_weights import ValidationWeights
from pipeline.training.checkpoint import CheckpointStore
from pipeline.training.history import EpochMetrics, best_epoch, out_of_patience
from pipeline.training.networks.auxiliary_loss import with_auxiliary_loss
from pipeline.training.networks.build_network import build_network
from pipeline.training.networks.inference_model import inference_model, save_keras_file
from pipeline.training.networks.warm_start import freeze_up_to, load_initial_weights
from pipeline.training.precision import choose_precision
from pipeline.training.recipe.augmentation import build_augmentation
from pipeline.training.recipe.loss import balanced_class_weights
from pipeline.training.recipe.optimizer import compile_model, uses_xla


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


def fit(
    dataset: Dataset,
    network: ModelConfig,
    recipe: RecipeConfig,
    checkpoints: CheckpointStore,
    listener: Callable[[EpochMetrics], None],
    start: Path | None = None,
    *,
    until: int | None = None,
    quiet: bool = False,
) -> TrainingResult:
    """Train the configured network on `dataset` for the recipe's epochs, or for those that are left.

    Args:
        dataset: prepared data; `train` is fitted, `validation` decides which epoch is the best.
        network: which network.
        recipe: how to train it.
        checkpoints: where the state of each epoch is saved, and the training resumes from.
        listener: called with each epoch's metrics once its checkpoint is saved.
        start: a `.keras` file with initial weights; None for random ones.
        until: stop after this many of the recipe's epochs; the schedule stays that of all of them.
        quiet: print nothing.

    Raises:
        PipelineError: a loss that is NaN or infinite, or an incompatible `start`.
    """
    configure_keras(recipe, quiet=quiet)
    augment = build_augmentation(recipe.augment, dataset.info.shape[2])
    batches = TrainingBatches(dataset, recipe.batch_size, recipe.seed, augment)
    model = build_trainable(dataset, network, recipe, batches.steps, start)
    first, last = checkpoints.load().epochs, min(until or recipe.epochs, recipe.epochs)
    if checkpoints.load().variables:
        checkpoints.restore(model)
    recorder = EpochRecorder(checkpoints, recipe, listener, ValidationWeights(batches))
    if first < last and not out_of_patience(recorder.history, recipe):
        if first and not quiet:
            print(f"resuming after epoch {first} of {recipe.epochs}")
        bar = None if quiet else TrainingBar(batches.batch_size, batches.steps, first, last)
        _run_epochs(model, batches, OrderedBatches(dataset, "validation", recipe.batch_size), last, recorder, bar)
    history, seconds = recorder.history, checkpoints.load().seconds
    return TrainingResult(model, checkpoints.best_weights(), history, best_epoch(history, recipe.monitor), seconds)


def configure_keras(recipe: RecipeConfig, *, quiet: bool = False) -> None:
    """Set seed, dtype policy and determinism for this process; print the dtype policy unless `quiet`.

    TensorFlow's op determinism is for its own kernels: while it is on, Keras compiles nothing with XLA.
    """
    import tensorflow as tf

    policy, reason = choose_precision(recipe.precision)
    if not quiet:
        print(f"precision {policy} ({reason})")
    keras.utils.set_random_seed(recipe.seed)
    keras.config.set_dtype_policy(policy)
    if not uses_xla(recipe):
        tf.config.experimental.enable_op_determinism()


def build_trainable(
    dataset: Dataset, network: ModelConfig, recipe: RecipeConfig, steps: int, start: Path | None = None
) -> keras.Model:
    """Return the configured network, compiled, its optimizer built, with its initial weights.

    Args:
        dataset: whose image shape, classes and class counts it is built for.
        network: which network.
        recipe: how it will be trained.
        steps: batches per epoch.
        start: a `.keras` file with initial weights; None for random ones.

    Raises:
        PipelineError: all epochs together are too short for one update, or `start` is incompatible.
    """
    if recipe.accumulate > recipe.epochs * steps:
        raise PipelineError(
            f"recipe.accumulate ({recipe.accumulate}) is more than the {recipe.epochs * steps} batches of all epochs: "
            "the weights would never change"
        )
    shape, classes = dataset.info.shape, len(dataset.info.classes)
    model = build_network(network, shape, classes, steps, fast=True)
    if start:
        fresh = load_initial_weights(model, start)
        print(f"starting from {network.init_from}" + (f"; new: {', '.join(fresh)}" if fresh else ""))
    if network.freeze:
        freeze_up_to(model, network.freeze)
    model = with_auxiliary_loss(model)
    weights = None
    if recipe.class_weights == "balanced":
        weights = balanced_class_weights(np.bincount(dataset.indices("train")[1], minlength=classes).tolist())
    compile_model(model, recipe, steps, weights, weighted_targets=dataset.training_weights() is not None)
    model.optimizer.build(model.trainable_variables)
    return model


def _run_epochs(
    model: keras.Model,
    batches: TrainingBatches,
    validation: OrderedBatches,
    last: int,
    recorder: EpochRecorder,
    bar: TrainingBar | None,
) -> None:
    first = len(recorder.history)
    callbacks: list[Any] = [recorder.validated, NanGuard(), recorder, *([bar] if bar else [])]
    try:
        model.fit(
            batches.from_epoch(first, last),
            validation_data=validation.stream(),
            epochs=last,
            shuffle=False,
            initial_epoch=first,
            steps_per_epoch=batches.steps,
            callbacks=callbacks,
            verbose=0,
        )
    except NanLossError as error:
        if not recorder.history:
            raise
        file = recorder.checkpoints.folder / "best.keras"
        save_keras_file(inference_model(model, recorder.checkpoints.best_weights()), file)
        raise NanLossError(f"{error}. The best weights so far are in {file} (model.init_from accepts it)") from None
    finally:
        if bar:
            bar.close()
