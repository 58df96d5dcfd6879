"""The loss, with weights of classes and of images."""

from collections.abc import Sequence
from typing import Any

import keras


class ClassWeightedCrossentropy(keras.losses.CategoricalCrossentropy):
    """Cross-entropy of an image, times the weight of its class, or of its mixture of classes.

    The weight is that of the target before smoothing: weighting each class's share of a smoothed target would reward
    the prediction of a rare class for images of all others.

    Args:
        weights: one for each class; None for 1.
        label_smoothing: fraction of each target that is spread over all classes.
        weighted_targets: whether each target is multiplied by the weight of its image.
    """

    def __init__(
        self, weights: Sequence[float] | None, label_smoothing: float, *, weighted_targets: bool = False
    ) -> None:
        super().__init__(label_smoothing=label_smoothing)
        self.weights = None if weights is None else list(weights)
        self.weighted_targets = weighted_targets

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the losses (batch,) of targets and probabilities (batch, classes), in nats."""
        if self.weighted_targets:
            image_weights = keras.ops.sum(y_true, axis=-1)
            y_true = y_true / keras.ops.maximum(image_weights, keras.config.epsilon())[..., None]
            losses = super().call(y_true, y_pred) * image_weights
        else:
            losses = super().call(y_true, y_pred)
        return losses if self.weights is None else losses * keras.ops.sum(y_true * self.weights, axis=-1)


def balanced_class_weights(counts: Sequence[int]) -> list[float]:
    """Return a weight per class, inverse to its number of images, 1 on average over the images.

    King & Zeng 2001, "Logistic regression in rare events data", section 4.1: n / (classes × count).
    """
    total = sum(counts)
    return [total / (len(counts) * count) for count in counts]
