"""A network with auxiliary classifiers, trained on all its outputs and judged on the first."""

from typing import Any

import keras

WEIGHT = 0.3  # of each auxiliary loss: arXiv:1409.4842, section 5


class TrainedWithHeads(keras.Model):
    """A functional model whose first output is the classifier's and whose others only help it train.

    The training loss is the first output's plus 0.3 of each other's; the validation loss and all metrics are the
    first output's alone, and so comparable with those of a network without heads.
    """

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Return the loss of targets (batch, classes) for a list of outputs (batch, classes)."""
        first, *others = y_pred
        loss = super().compute_loss(x, y, first, sample_weight, training)
        return loss + WEIGHT * sum(self.loss(y, other) for other in others) if training else loss

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the metrics of the first output."""
        return super().compute_metrics(x, y, y_pred[0], sample_weight)


def trained_with_heads(model: keras.Model) -> keras.Model:
    """Return `model`, or, where it has several outputs, the same network trained on them all."""
    return model if len(model.outputs) == 1 else TrainedWithHeads(model.inputs, model.outputs, name=model.name)
