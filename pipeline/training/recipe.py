"""The recipe's settings as Keras objects."""

import math
from collections.abc import Sequence
from typing import Any

import keras

from pipeline.config.schema import RecipeConfig
from pipeline.training.fast_update import fast_optimizer
from pipeline.training.schedule import learning_rate

UNDECAYED = ["bias", "gamma", "beta"]  # decay shrinks filters; biases and normalisation are spared
WITH_MOMENTUM = ("sgd", "rmsprop", "muon")


def optimizer(recipe: RecipeConfig, steps: int) -> keras.optimizers.Optimizer:
    """Return the configured optimiser, its weight decay decoupled and without biases and normalisation.

    Args:
        recipe: name, rate and schedule, momentum, decay, clipping, accumulation, averaging.
        steps: batches per epoch.
    """
    options: dict[str, Any] = {
        "learning_rate": learning_rate(recipe, steps),
        "weight_decay": recipe.weight_decay or None,
        "global_clipnorm": recipe.clip_norm,
        "gradient_accumulation_steps": recipe.accumulate if recipe.accumulate > 1 else None,
        "use_ema": recipe.ema_epochs > 0,
    }
    if recipe.ema_epochs:
        options["ema_momentum"] = math.exp(-1.0 / (recipe.ema_epochs * steps))
    if recipe.optimizer in WITH_MOMENTUM:
        options["momentum"] = recipe.momentum
    if recipe.optimizer == "sgd":
        options["nesterov"] = recipe.nesterov
    if recipe.optimizer in ("adamw", "muon"):
        options["weight_decay"] = recipe.weight_decay  # they decay by a default of their own if told None
    kind = {name.lower(): kind for name, kind in vars(keras.optimizers).items()}[recipe.optimizer]
    built: keras.optimizers.Optimizer = fast_optimizer(kind)(**options)
    if recipe.weight_decay:
        built.exclude_from_weight_decay(var_names=UNDECAYED)
    return built


def compile_model(model: keras.Model, recipe: RecipeConfig, steps: int, weights: Sequence[float] | None = None) -> None:
    """Compile `model` for one-hot targets with the recipe's optimiser, label smoothing and XLA setting.

    Args:
        model: to compile.
        recipe: how to train it.
        steps: batches per epoch.
        weights: what each class's cross-entropy is multiplied by; None for 1.
    """
    smoothing = recipe.label_smoothing
    loss: keras.losses.Loss = keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)
    if weights is not None:  # a focal loss that does not focus is a cross-entropy with a weight per class
        loss = keras.losses.CategoricalFocalCrossentropy(alpha=list(weights), gamma=0.0, label_smoothing=smoothing)
    model.compile(
        optimizer=optimizer(recipe, steps),
        loss=loss,
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        jit_compile=recipe.xla,
    )


def balanced(counts: Sequence[int]) -> list[float]:
    """Return a weight per class, inverse to its number of images, 1 on average over the images.

    King & Zeng 2001, "Logistic regression in rare events data", section 4.1: n / (classes × count).
    """
    total = sum(counts)
    return [total / (len(counts) * count) for count in counts]
