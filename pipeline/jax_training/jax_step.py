"""The steps of a training as pure functions of its state, for Keras's JAX backend."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import keras

from pipeline.config.schema.recipe_schema import RecipeConfig
from pipeline.training.engine.keras_internals import moving_averages, seed_generators
from pipeline.training.recipe.augmentation import mixing_layers, pixel_layers
from pipeline.training.recipe.loss import ClassWeightedCrossentropy
from pipeline.training.recipe.optimizer import build_optimizer


class State(NamedTuple):
    """What a step changes: the model's trained weights, its other variables, the optimizer's variables."""

    weights: list[Any]
    others: list[Any]
    optimizer: list[Any]


class Steps:
    """The compiled functions of one training.

    Args:
        model: with the initial weights.
        recipe: optimizer, schedule, label smoothing, and augmentation by Keras's layers (the loader flips and shifts).
        steps: batches per epoch.
        channels: of the images.

    Attributes:
        train: (state, images, targets, key) to (state, loss, accuracy); its buffers of the old state are reused.
        statistics: (state, images, targets, key) to the other variables, with one batch's statistics of the
            averaged weights.
        predict: (weights, others, images) to probabilities.
    """

    def __init__(self, model: keras.Model, recipe: RecipeConfig, steps: int, channels: int) -> None:
        self.model, self.optimizer = model, build_optimizer(recipe, steps)
        self.optimizer.build(model.trainable_variables)
        self._loss = ClassWeightedCrossentropy(None, recipe.label_smoothing)
        self._pixels, self._mixes = pixel_layers(recipe.augment, channels), mixing_layers(recipe.augment)
        self._averages = _positions(self.optimizer) if recipe.ema_epochs else None
        self._moving = _moving(model)
        self.train = jax.jit(self._train, donate_argnums=0)
        self.statistics = jax.jit(self._statistics)
        self.predict = jax.jit(lambda weights, others, images: model.stateless_call(weights, others, images)[0])

    def start(self) -> State:
        """Return the state of model and optimizer as they are."""
        parts = (self.model.trainable_variables, self.model.non_trainable_variables, self.optimizer.variables)
        return State(*([jnp.copy(variable.value) for variable in part] for part in parts))

    def averaged(self, state: State) -> list[Any]:
        """Return the moving averages of the weights if the optimizer keeps them, else the weights."""
        if self._averages is None:
            return state.weights
        return [state.optimizer[position] for position in self._averages]

    def with_statistics(self, state: State, others: list[list[Any]]) -> list[Any]:
        """Return the other variables of `state` with the mean of what `statistics` returned for each batch."""
        mean = list(state.others)
        for position, momentum in self._moving.items():
            mean[position] = sum(each[position] for each in others) / (len(others) * (1.0 - momentum))
        return mean

    def _train(self, state: State, images: Any, targets: Any, key: Any) -> tuple[State, Any, Any]:
        images, targets = self._augmented(images, targets, key)

        def loss_of(weights: list[Any]) -> tuple[Any, tuple[Any, Any]]:
            probabilities, others = self.model.stateless_call(weights, state.others, images, training=True)
            return self._loss(targets, probabilities), (others, probabilities)

        (loss, (others, probabilities)), gradients = jax.value_and_grad(loss_of, has_aux=True)(state.weights)
        weights, rest = self.optimizer.stateless_apply(state.optimizer, gradients, state.weights)
        return State(weights, others, rest), loss, _accuracy(probabilities, targets)

    def _statistics(self, state: State, images: Any, targets: Any, key: Any) -> list[Any]:
        images, _ = self._augmented(images, targets, key)
        zeroed = [
            jnp.zeros_like(value) if position in self._moving else value for position, value in enumerate(state.others)
        ]
        others: list[Any] = self.model.stateless_call(self.averaged(state), zeroed, images, training=True)[1]
        return others

    def _augmented(self, images: Any, targets: Any, key: Any) -> tuple[Any, Any]:
        if not (self._pixels or self._mixes):
            return images, targets
        keys = iter(jax.random.split(key, 64))
        batch = {"images": images.astype(jnp.float32), "labels": targets}
        for layer in self._pixels:
            batch = _changed(layer, batch, keys)
        if self._mixes:
            mixes = [lambda batch, mix=mix: _changed(mix, batch, keys) for mix in self._mixes]
            batch = jax.lax.switch(jax.random.randint(next(keys), (), 0, len(mixes)), mixes, batch)
        return jnp.clip(jnp.rint(batch["images"]), 0, 255).astype(jnp.uint8), batch["labels"]


def _changed(layer: keras.layers.Layer, batch: dict[str, Any], keys: Any) -> dict[str, Any]:
    drawn = [
        (generator.state, jax.random.randint(next(keys), (2,), 0, 2**31 - 1).astype(generator.state.dtype))
        for generator in seed_generators(layer)
    ]
    with keras.StatelessScope(state_mapping=drawn):
        changed: dict[str, Any] = layer(batch, training=True)
    return changed


def _positions(built: keras.optimizers.Optimizer) -> list[int]:
    """Return the place of each weight's moving average among the optimizer's variables."""
    places = {id(variable): position for position, variable in enumerate(built.variables)}
    return [places[id(average)] for _, average in moving_averages(built)]


def _moving(model: keras.Model) -> dict[int, float]:
    """Return the momentum of each moving average of batch normalization, by its place among the other variables."""
    places = {id(variable): position for position, variable in enumerate(model.non_trainable_variables)}
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    return {
        places[id(average)]: layer.momentum
        for layer in layers
        for average in (layer.moving_mean, layer.moving_variance)
    }


def _accuracy(probabilities: Any, targets: Any) -> Any:
    return jnp.mean((probabilities.argmax(-1) == targets.argmax(-1)).astype(jnp.float32))
