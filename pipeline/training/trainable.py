"""The configured network, ready to be trained in this process."""

from pathlib import Path

import keras
import numpy as np

from pipeline.base.errors import UntrainableError
from pipeline.config.schema.model_schema import ModelConfig
from pipeline.config.schema.recipe_schema import RecipeConfig
from pipeline.data.dataset import Dataset
from pipeline.training.networks.auxiliary_loss import with_auxiliary_loss
from pipeline.training.networks.build_network import build_network
from pipeline.training.networks.warm_start import freeze_up_to, load_initial_weights
from pipeline.training.precision import choose_precision
from pipeline.training.recipe.loss import balanced_class_weights
from pipeline.training.recipe.optimizer import compile_model, uses_xla


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
        UntrainableError: all epochs together are too short for one update, or `start` is incompatible.
        PipelineError: Keras cannot read `start`.
    """
    if recipe.accumulate > recipe.epochs * steps:
        raise UntrainableError(
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
