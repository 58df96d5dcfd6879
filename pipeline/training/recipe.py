"""The recipe's settings as Keras objects."""

import math
from collections.abc import Sequence
from typing import Any

import keras

from pipeline.config.recipe_schema import WITH_NESTEROV
from pipeline.config.schema import RecipeConfig
from pipeline.training.fast_update import fast_optimizer
from pipeline.training.muon import FilterMuon
from pipeline.training.schedule import learning_rate

UNDECAYED = ["bias", "gamma", "beta"]  # decay shrinks filters; biases and normalisation are spared
WITH_MOMENTUM = ("sgd", "rmsprop", "muon")
NEWTON_SCHULZ_STEPS = 3  # of Muon; as in the publication's CIFAR-10 training (github.com/KellerJordan/cifar10-airbench)


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
    if recipe.optimizer in WITH_NESTEROV:
        options["nesterov"] = recipe.nesterov
    if recipe.optimizer in ("adamw", "muon"):
        options["weight_decay"] = recipe.weight_decay  # they decay by a default of their own if told None
    if recipe.optimizer == "muon":
        options |= {"adam_weight_decay": recipe.weight_decay, "ns_steps": NEWTON_SCHULZ_STEPS}
    kind = {name.lower(): kind for name, kind in vars(keras.optimizers).items()}[recipe.optimizer]
    kind = FilterMuon if recipe.optimizer == "muon" else kind
    built: keras.optimizers.Optimizer = fast_optimizer(kind)(**options)
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
    model.compile(
        optimizer=optimizer(recipe, steps),
        loss=WeightedCrossentropy(weights, recipe.label_smoothing),
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        jit_compile=uses_xla(recipe),
    )


def uses_xla(recipe: RecipeConfig) -> bool:
    """Return whether training steps are compiled with XLA; by `auto`, on a GPU only: on a CPU it is slower."""
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU")) if recipe.xla == "auto" else recipe.xla


class WeightedCrossentropy(keras.losses.CategoricalCrossentropy):  # type: ignore[misc]
    """Cross-entropy of an image, times the weight of its class, or of its mixture of classes.

    The weight is that of the target before smoothing: weighing each class's share of a smoothed target would reward
    the prediction of a rare class for images of all others.

    Args:
        weights: one for each class; None for 1.
        label_smoothing: fraction of a target that is spread over all classes.
    """

    def __init__(self, weights: Sequence[float] | None, label_smoothing: float) -> None:
        super().__init__(label_smoothing=label_smoothing)
        self.weights = None if weights is None else list(weights)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the losses (batch,) of targets and probabilities (batch, classes)."""
        losses = super().call(y_true, y_pred)
        return losses if self.weights is None else losses * keras.ops.sum(y_true * self.weights, axis=-1)


def balanced(counts: Sequence[int]) -> list[float]:
    """Return a weight per class, inverse to its number of images, 1 on average over the images.

    King & Zeng 2001, "Logistic regression in rare events data", section 4.1: n / (classes × count).
    """
    total = sum(counts)
    return [total / (len(counts) * count) for count in counts]
