"""The weights that are validated and saved: those of the steps, or what is better than they."""

from collections.abc import Callable
from typing import Any

import keras

from pipeline.data.loader import TrainingBatches
from pipeline.training.average import averaged
from pipeline.training.normalization import in_training, take_statistics

LEAST, MOST = 128, 512  # images that batch normalisation's statistics are taken from, in whole batches
SHARE = 1 / 16  # of the training images, between the two: a forward pass of them is about 1.5 % of an epoch's time


class Judge(keras.callbacks.Callback):
    """While the model is validated, puts the weights' averages, where there are some, in their place.

    Batch normalisation's statistics are taken again for what is validated: the moving averages lag behind weights that
    move fast, and know nothing of averages.

    Args:
        batches: what is trained on; the first of them, augmented as in training, give the statistics. Those of images
            as they are do not suit a network that never saw any: with CutMix they cost a point of accuracy.

    Attributes:
        judged: what was validated last, in the order of `model.weights`.
    """

    def __init__(self, batches: TrainingBatches) -> None:
        super().__init__()
        self.batches = batches
        self.judged: list[Any] = []
        self._forward: Callable[[Any], None] | None = None

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        """Keep weights and draws aside, make what is judged."""
        self._aside = _values(self.model.variables)
        for variable, average in zip(self.model.weights, averaged(self.model), strict=True):
            if average is not variable:
                variable.assign(average)
        self._forward = self._forward or in_training(self.model)
        images = (self.batches.batch(0, step)[0] for step in range(self._steps()))
        take_statistics(self.model, self._forward, images)
        self.judged = _values(self.model.weights)

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Take weights and draws back, bit for bit."""
        for variable, value in zip(self.model.variables, self._aside, strict=True):
            variable.assign(value)

    def _steps(self) -> int:
        images = min(max(LEAST, int(SHARE * len(self.batches.positions))), MOST)
        return min(self.batches.steps, -(-images // self.batches.batch_size))


def _values(variables: list[Any]) -> list[Any]:
    return [keras.ops.convert_to_numpy(variable).copy() for variable in variables]
