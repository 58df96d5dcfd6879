"""What a training will need, estimated before it starts, or timed on a few of its steps."""

import math
import time
from dataclasses import dataclass

import keras
import numpy as np

from pipeline.config.schema import RecipeConfig
from pipeline.model.cost import cost_of
from pipeline.training.heads import trained_with_heads
from pipeline.training.recipe import compile_model, optimizer

SIDE = 2048  # of the matrices whose product is timed
FRACTION = 0.4  # of the rate of a matrix product that a training step reaches; benchmarks/speed.py measures it
BACKWARD = 3  # a training step's operations for one forward pass's: forward, and two gradients of each product
STEPS = 3


@dataclass(frozen=True)
class Needs:
    """What one training needs.

    Attributes:
        weights: bytes of the weights, their gradients, and what the optimiser keeps for each.
        activations: bytes of one batch's outputs of all layers, kept for the gradients.
        seconds_per_image: of training.
        measured: whether the seconds are those of real steps.
    """

    weights: int
    activations: int
    seconds_per_image: float
    measured: bool


def needs(model: keras.Model, recipe: RecipeConfig, policy: str, *, measure: bool = False) -> Needs:
    """Estimate what training `model` by `recipe` under the Keras dtype `policy` needs.

    Args:
        model: built for the images it will see; in training it may use fewer or more temporary buffers than counted.
        recipe: batch size, optimiser, averaging.
        policy: `float32`, `mixed_bfloat16` or `mixed_float16`.
        measure: time a few real steps instead of a matrix product.
    """
    cost = cost_of(model.layers)
    size = 4 if policy == "float32" else 2
    if measure:
        seconds = _timed_steps(model, recipe)
    else:
        seconds = 2 * BACKWARD * cost.multiply_adds / (FRACTION * matrix_rate(policy))
    weights = 2 * 4 * cost.parameters + _kept(model, recipe)
    return Needs(weights, size * cost.activations * recipe.batch_size, seconds, measure)


def matrix_rate(policy: str) -> float:
    """Return the operations per second of a matrix product in the precision that `policy` computes in."""
    dtype = keras.DTypePolicy(policy).compute_dtype
    matrix = keras.ops.cast(keras.random.normal((SIDE, SIDE), seed=0), dtype)
    float(keras.ops.matmul(matrix, matrix)[0, 0])
    began = time.perf_counter()
    for _ in range(STEPS):
        float(keras.ops.matmul(matrix, matrix)[0, 0])  # waits for the product
    return STEPS * 2 * SIDE**3 / (time.perf_counter() - began)


def _kept(model: keras.Model, recipe: RecipeConfig) -> int:
    kept = optimizer(recipe, STEPS)
    kept.build(model.trainable_variables)
    numbers: int = sum(math.prod(variable.shape) for variable in kept.variables)
    return 4 * numbers


def _timed_steps(model: keras.Model, recipe: RecipeConfig) -> float:
    trained = trained_with_heads(model)
    compile_model(trained, recipe, STEPS)
    shape, classes = model.inputs[0].shape[1:], model.outputs[0].shape[-1]
    images = np.random.default_rng(0).integers(0, 256, (recipe.batch_size, *shape), np.uint8)
    targets = np.eye(classes, dtype=np.float32)[np.arange(recipe.batch_size) % classes]
    trained.train_on_batch(images, targets)
    began = time.perf_counter()
    for _ in range(STEPS):
        trained.train_on_batch(images, targets)
    return (time.perf_counter() - began) / (STEPS * recipe.batch_size)
