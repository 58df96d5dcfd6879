"""Memory and time of a training, estimated before it starts or measured on a few of its steps."""

import math
import time
from dataclasses import dataclass

import keras
import numpy as np

from pipeline.config.schema.recipe_schema import RecipeConfig
from pipeline.model.measured_cost import measured_cost
from pipeline.training.networks.auxiliary_loss import with_auxiliary_loss
from pipeline.training.recipe.optimizer import build_optimizer, compile_model

SIDE = 2048  # of the matrices whose product is timed
FRACTION = 0.4  # of the speed of a matrix product that a training step reaches; benchmarks/speed measures it
FORWARD_AND_BACKWARD = 3  # operations of a training step per operation of its forward pass
STEPS = 3


@dataclass(frozen=True)
class TrainingEstimate:
    """Memory and time of one training.

    Attributes:
        weights: bytes of the weights, their gradients, and the optimizer's variables.
        activations: bytes of all layers' outputs for one batch, kept for the gradients.
        seconds_per_image: training time per image.
        measured: whether the time was measured on real steps.
    """

    weights: int
    activations: int
    seconds_per_image: float
    measured: bool


def estimate_training(
    model: keras.Model, recipe: RecipeConfig, policy: str, *, measure: bool = False
) -> TrainingEstimate:
    """Estimate memory and time of training `model`; temporary buffers are not counted.

    Args:
        model: built for the images it will be trained on.
        recipe: batch size, optimizer, averaging.
        policy: Keras dtype policy: `float32`, `mixed_bfloat16` or `mixed_float16`.
        measure: time a few real steps instead of a matrix product.
    """
    cost = measured_cost(model.layers)
    size = 4 if policy == "float32" else 2
    if measure:
        seconds = _timed_steps(model, recipe)
    else:
        seconds = 2 * FORWARD_AND_BACKWARD * cost.multiply_adds / (FRACTION * matmul_rate(policy))
    weights = 2 * 4 * cost.parameters + _optimizer_bytes(model, recipe)
    return TrainingEstimate(weights, size * cost.activations * recipe.batch_size, seconds, measure)


def matmul_rate(policy: str) -> float:
    """Return the floating-point operations per second of a matrix product in the compute dtype of `policy`."""
    dtype = keras.DTypePolicy(policy).compute_dtype
    matrix = keras.ops.cast(keras.random.normal((SIDE, SIDE), seed=0), dtype)
    float(keras.ops.matmul(matrix, matrix)[0, 0])
    began = time.perf_counter()
    for _ in range(STEPS):
        float(keras.ops.matmul(matrix, matrix)[0, 0])  # waits for the product
    return STEPS * 2 * SIDE**3 / (time.perf_counter() - began)


def _optimizer_bytes(model: keras.Model, recipe: RecipeConfig) -> int:
    built = build_optimizer(recipe, STEPS)
    built.build(model.trainable_variables)
    numbers: int = sum(math.prod(variable.shape) for variable in built.variables)
    return 4 * numbers


def _timed_steps(model: keras.Model, recipe: RecipeConfig) -> float:
    trained = with_auxiliary_loss(model)
    compile_model(trained, recipe, STEPS)
    shape, classes = model.inputs[0].shape[1:], model.outputs[0].shape[-1]
    images = np.random.default_rng(0).integers(0, 256, (recipe.batch_size, *shape), np.uint8)
    targets = np.eye(classes, dtype=np.float32)[np.arange(recipe.batch_size) % classes]
    trained.train_on_batch(images, targets)
    began = time.perf_counter()
    for _ in range(STEPS):
        trained.train_on_batch(images, targets)
    return (time.perf_counter() - began) / (STEPS * recipe.batch_size)
