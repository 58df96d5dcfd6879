"""The weights that are validated and saved: averaged where the recipe says so, with fresh batch-norm statistics."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from pipeline.data.loader import TrainingBatches
from pipeline.training.averaged_weights import averaged_weights
from pipeline.training.batch_norm_statistics import recompute_statistics, training_forward

LEAST, MOST = 128, 512  # images for the statistics, in whole batches
SHARE = 1 / 16  # of the training images, between the two: a forward pass of them takes about 1.5 % of an epoch


class ValidationWeights(keras.callbacks.Callback):
    """During validation, replaces the weights by their moving averages, if the optimizer keeps them.

    Batch normalization's statistics are recomputed for these weights: its moving averages lag behind weights that
    change fast, and do not belong to averaged weights.

    Args:
        batches: training batches. The first ones, augmented as in training, give the statistics; images without
            augmentation do not suit a network that never saw any: with CutMix they cost a point of accuracy.

    Attributes:
        weights: what was validated last, in the order of `model.weights`.
    """

    def __init__(self, batches: TrainingBatches) -> None:
        super().__init__()
        self.batches = batches
        self.weights: list[NDArray[Any]] = []
        self._forward: Callable[[Any], None] | None = None

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        """Put weights and random states aside; assign what is validated."""
        self._aside = _values(self.model.variables)
        for variable, average in zip(self.model.weights, averaged_weights(self.model), strict=True):
            if average is not variable:
                variable.assign(average)
        self._forward = self._forward or training_forward(self.model)
        images = (self.batches.batch(0, step)[0] for step in range(self._steps()))
        recompute_statistics(self.model, self._forward, images)
        self.weights = _values(self.model.weights)

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Assign weights and random states as they were, bit for bit."""
        for variable, value in zip(self.model.variables, self._aside, strict=True):
            variable.assign(value)

    def _steps(self) -> int:
        images = min(max(LEAST, int(SHARE * len(self.batches.positions))), MOST)
        return min(self.batches.steps, -(-images // self.batches.batch_size))


def _values(variables: list[Any]) -> list[NDArray[Any]]:
    return [np.array(keras.ops.convert_to_numpy(variable)) for variable in variables]
