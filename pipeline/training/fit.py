"""One training, from where its progress stands to its last epoch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from pipeline.config.schema import ModelConfig, RecipeConfig
from pipeline.data.dataset import Dataset
from pipeline.data.loader import OrderedBatches, TrainingBatches
from pipeline.training.augment import augmentation
from pipeline.training.callbacks import EpochEnd, ProgressBar, Row, best_row
from pipeline.training.network import build
from pipeline.training.precision import choose
from pipeline.training.progress import Progress
from pipeline.training.recipe import compile_model


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
) -> Fitted:
    """Train the configured network on `dataset` for the recipe's epochs, or for those that are left.

    Args:
        dataset: prepared data; `train` is fitted, `validation` picks the best epoch.
        network: which network.
        recipe: how to train it.
        progress: where the state of each epoch is kept, and found again.
        extra: kept beside the state.
        listener: told each epoch's row after its state is safe.

    Raises:
        PipelineError: the loss is no longer a number.
    """
    policy, reason = choose(recipe.precision)
    print(f"precision {policy} ({reason})")
    keras.utils.set_random_seed(recipe.seed)
    keras.config.set_dtype_policy(policy)
    _deterministic()
    description = dataset.description
    batches = TrainingBatches(dataset, recipe.batch_size, recipe.seed, augmentation(recipe.augment))
    validation = OrderedBatches(dataset, "validation", recipe.batch_size)
    model = build(network, description.shape, len(description.classes))
    compile_model(model, recipe, batches.steps)
    model.optimizer.build(model.trainable_variables)
    state = progress.load() or {"history": []}
    first = len(state["history"])
    if first:
        progress.restore(model, state)
        print(f"going on after epoch {first} of {recipe.epochs}")
    keeper = EpochEnd(progress, {**state, **extra}, recipe.monitor, listener)
    bar = ProgressBar(batches.batch_size, batches.steps, first, recipe.epochs)
    try:
        if first < recipe.epochs:
            model.fit(
                batches.from_epoch(first, recipe.epochs),
                validation_data=validation.stream(),
                epochs=recipe.epochs,
                shuffle=False,
                initial_epoch=first,
                steps_per_epoch=batches.steps,
                callbacks=[keeper, bar],
                verbose=0,
            )
    finally:
        bar.close()
    return Fitted(model, progress.best_weights(), keeper.history, best_row(keeper.history, recipe.monitor))


def _deterministic() -> None:
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()
