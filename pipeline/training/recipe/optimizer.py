"""The recipe's optimizer, and the model compiled with it."""

import math
from collections.abc import Sequence
from typing import Any

import keras

from pipeline.config.schema.recipe_schema import WITH_MOMENTUM, WITH_NESTEROV, RecipeConfig
from pipeline.training.engine.fused_optimizers import FusedAdamW, FusedSGD
from pipeline.training.recipe.loss import ClassWeightedCrossentropy
from pipeline.training.recipe.muon import FilterMuon, FusedMuon
from pipeline.training.recipe.schedule import learning_rate_schedule

UNDECAYED = ["bias", "gamma", "beta"]  # weight decay spares biases and normalization
NEWTON_SCHULZ_STEPS = 3  # as in the publication's CIFAR-10 training (github.com/KellerJordan/cifar10-airbench)


def build_optimizer(recipe: RecipeConfig, steps: int) -> keras.optimizers.Optimizer:
    """Return the configured optimizer, its weight decay decoupled.

    Args:
        recipe: name, learning rate and schedule, momentum, decay, clipping, accumulation, averaging.
        steps: batches per epoch.
    """
    options: dict[str, Any] = {
        "learning_rate": learning_rate_schedule(recipe, steps),
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
        options["weight_decay"] = recipe.weight_decay  # None would mean a default other than 0
    if recipe.optimizer == "muon":
        options |= {"adam_weight_decay": recipe.weight_decay, "ns_steps": NEWTON_SCHULZ_STEPS}
    kind = {name.lower(): kind for name, kind in vars(keras.optimizers).items()}[recipe.optimizer]
    kind = FilterMuon if recipe.optimizer == "muon" else kind
    built: keras.optimizers.Optimizer = fused_optimizer(kind)(**options)
    built.exclude_from_weight_decay(var_names=UNDECAYED)
    return built


def fused_optimizer(kind: type[keras.optimizers.Optimizer]) -> type[keras.optimizers.Optimizer]:
    """Return the class that updates as `kind` does in fewer TensorFlow operations; `kind` itself if there is none."""
    if keras.config.backend() != "tensorflow":
        return kind
    fused = {keras.optimizers.AdamW: FusedAdamW, keras.optimizers.SGD: FusedSGD, FilterMuon: FusedMuon}
    return fused.get(kind, kind)


def compile_model(
    model: keras.Model,
    recipe: RecipeConfig,
    steps: int,
    weights: Sequence[float] | None = None,
    *,
    weighted_targets: bool = False,
) -> None:
    """Compile `model` for one-hot targets with the recipe's optimizer, label smoothing and XLA setting.

    Args:
        model: to compile.
        recipe: how to train it.
        steps: batches per epoch.
        weights: factor of each class's cross-entropy; None for 1.
        weighted_targets: whether each target is multiplied by the weight of its image.
    """
    model.compile(
        optimizer=build_optimizer(recipe, steps),
        loss=ClassWeightedCrossentropy(weights, recipe.label_smoothing, weighted_targets=weighted_targets),
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        jit_compile=uses_xla(recipe),
    )


def uses_xla(recipe: RecipeConfig) -> bool:
    """Return whether training steps are compiled with XLA; `auto` means on a GPU only: on a CPU it is slower."""
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU")) if recipe.xla == "auto" else recipe.xla
