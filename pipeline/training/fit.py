"""One training, from where its progress stands to its last epoch."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.config.schema import ModelConfig, RecipeConfig
from pipeline.data.dataset import Dataset
from pipeline.data.loader import OrderedBatches, TrainingBatches
from pipeline.training.augment import augmentation
from pipeline.training.callbacks import DivergedError, Keeper, ProgressBar, Row, best_row, out_of_patience
from pipeline.training.export import portable, save_model
from pipeline.training.heads import trained_with_heads
from pipeline.training.judge import Judge
from pipeline.training.network import build
from pipeline.training.precision import choose
from pipeline.training.progress import Progress
from pipeline.training.recipe import balanced, compile_model, uses_xla
from pipeline.training.warm_start import freeze_up_to, start_from


@dataclass(frozen=True)
class Fitted:
    """A finished training: the network, its best epoch's weights, and a row per epoch."""

    model: keras.Model
    weights: list[NDArray[np.float32]]
    history: list[Row]
    best: Row


def fit(
    dataset: Dataset,
    network: ModelConfig,
    recipe: RecipeConfig,
    progress: Progress,
    extra: dict[str, Any],
    listener: Callable[[Row], None],
    start: Path | None = None,
    *,
    until: int | None = None,
    quiet: bool = False,
) -> Fitted:
    """Train the configured network on `dataset` for the recipe's epochs, or for those that are left.

    Args:
        dataset: prepared data; `train` is fitted, `validation` picks the best epoch.
        network: which network.
        recipe: how to train it.
        progress: where the state of each epoch is kept, and found again.
        extra: kept beside the state.
        listener: told each epoch's row after its state is safe.
        start: a `.keras` file with the weights to start from; None for fresh ones.
        until: stop after so many of the recipe's epochs; its schedule stays that of them all.
        quiet: neither a bar nor a word.

    Raises:
        PipelineError: the loss is no longer a number, or `start` is of another network.
    """
    prepare_keras(recipe, quiet=quiet)
    batches = TrainingBatches(
        dataset, recipe.batch_size, recipe.seed, augmentation(recipe.augment, dataset.description.shape[2])
    )
    model = trainable(dataset, network, recipe, batches.steps, start)
    state = progress.load() or {"history": []}
    first = len(state["history"])
    if first:
        progress.restore(model, state)
    if first and not quiet:
        print(f"going on after epoch {first} of {recipe.epochs}")
    keeper = Keeper(progress, {**state, **extra}, recipe, listener, Judge(batches))
    last = min(until or recipe.epochs, recipe.epochs)
    if first < last and not out_of_patience(keeper.history, recipe):
        bar = None if quiet else ProgressBar(batches.batch_size, batches.steps, first, last)
        _run(model, batches, OrderedBatches(dataset, "validation", recipe.batch_size), last, keeper, bar)
    return Fitted(model, progress.best_weights(), keeper.history, best_row(keeper.history, recipe.monitor))


def prepare_keras(recipe: RecipeConfig, *, quiet: bool = False) -> None:
    """Set seed, precision and determinism for all that follows in this process; say which precision unless `quiet`.

    TensorFlow's own determinism is for its own kernels: Keras compiles nothing with XLA while it is on.
    """
    import tensorflow as tf

    policy, reason = choose(recipe.precision)
    if not quiet:
        print(f"precision {policy} ({reason})")
    keras.utils.set_random_seed(recipe.seed)
    keras.config.set_dtype_policy(policy)
    if not uses_xla(recipe):
        tf.config.experimental.enable_op_determinism()


def trainable(
    dataset: Dataset, network: ModelConfig, recipe: RecipeConfig, steps: int, start: Path | None = None
) -> keras.Model:
    """Return the configured network, compiled, its optimiser built, with the weights it starts from.

    Args:
        dataset: whose image shape, classes and class counts it is built for.
        network: which network.
        recipe: how it will be trained.
        steps: batches per epoch.
        start: a `.keras` file with the weights to start from; None for fresh ones.

    Raises:
        PipelineError: not one step is made in all epochs, or `start` is of another network.
    """
    if recipe.accumulate > recipe.epochs * steps:
        raise PipelineError(
            f"recipe.accumulate ({recipe.accumulate}) is more than the {recipe.epochs * steps} batches of all epochs: "
            "the weights would never change"
        )
    description = dataset.description
    model = build(network, description.shape, len(description.classes), steps, fast=True)
    if start:
        fresh = start_from(model, start)
        print(f"starting from {network.init_from}" + (f"; new: {', '.join(fresh)}" if fresh else ""))
    if network.freeze:
        freeze_up_to(model, network.freeze)
    model = trained_with_heads(model)
    weights = None
    if recipe.class_weights == "balanced":
        labels = dataset.indices("train")[1]
        weights = balanced(np.bincount(labels, minlength=len(description.classes)).tolist())
    compile_model(model, recipe, steps, weights)
    model.optimizer.build(model.trainable_variables)
    return model


def _run(
    model: keras.Model,
    batches: TrainingBatches,
    validation: OrderedBatches,
    last: int,
    keeper: Keeper,
    bar: ProgressBar | None,
) -> None:
    first = len(keeper.history)
    try:
        model.fit(
            batches.from_epoch(first, last),
            validation_data=validation.stream(),
            epochs=last,
            shuffle=False,
            initial_epoch=first,
            steps_per_epoch=batches.steps,
            callbacks=[keeper.judge, keeper, *([bar] if bar else [])],
            verbose=0,
        )
    except DivergedError as error:
        if not keeper.history:
            raise
        kept = keeper.progress.folder / "best.keras"
        save_model(portable(model, keeper.progress.best_weights()), kept)
        raise DivergedError(f"{error}. The best weights so far are in {kept} (model.init_from takes them)") from None
    finally:
        if bar:
            bar.close()
