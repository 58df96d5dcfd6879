"""The recipe's settings as Keras objects."""

import keras

from pipeline.config.schema import RecipeConfig

UNDECAYED = ["bias", "gamma", "beta"]  # decay shrinks filters; biases and normalisation are spared


def learning_rate(recipe: RecipeConfig, steps: int) -> float | keras.optimizers.schedules.LearningRateSchedule:
    """Return the rate, or its schedule over `recipe.epochs` of `steps` steps.

    `cosine` (Loshchilov & Hutter 2017, arXiv:1608.03983, equation 5, without restarts) climbs linearly
    from 0 during the warm-up and falls to 0 at the last step.
    """
    warmup = recipe.warmup_epochs * steps
    if recipe.schedule == "constant" and not warmup:
        return recipe.learning_rate
    decay = max(recipe.epochs * steps - warmup, 1)
    alpha = 1.0 if recipe.schedule == "constant" else 0.0
    if not warmup:
        return keras.optimizers.schedules.CosineDecay(recipe.learning_rate, decay, alpha=alpha)
    return keras.optimizers.schedules.CosineDecay(
        0.0, decay, alpha=alpha, warmup_target=recipe.learning_rate, warmup_steps=warmup
    )


def optimizer(recipe: RecipeConfig, steps: int) -> keras.optimizers.Optimizer:
    """Return the configured optimiser, its weight decay decoupled and without biases and normalisation."""
    rate, decay = learning_rate(recipe, steps), recipe.weight_decay or None
    built: keras.optimizers.Optimizer
    if recipe.optimizer == "sgd":
        built = keras.optimizers.SGD(rate, momentum=recipe.momentum, weight_decay=decay)
    elif recipe.optimizer == "adam":
        built = keras.optimizers.Adam(rate, weight_decay=decay)
    else:
        built = keras.optimizers.AdamW(rate, weight_decay=decay or 0.0)
    if decay:
        built.exclude_from_weight_decay(var_names=UNDECAYED)
    return built


def compile_model(model: keras.Model, recipe: RecipeConfig, steps: int) -> None:
    """Compile `model` for one-hot targets with the recipe's optimiser and label smoothing."""
    model.compile(
        optimizer=optimizer(recipe, steps),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing),
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
    )
