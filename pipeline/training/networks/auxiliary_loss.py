"""The loss of a network with auxiliary classifiers."""

from typing import Any

import keras

WEIGHT = 0.3  # of each auxiliary loss: arXiv:1409.4842, section 5


class AuxiliaryLossModel(keras.Model):
    """A functional model whose first output is the classifier's and whose others help to train it.

    The training loss is the first output's plus 0.3 times each other's; the validation loss and all metrics are the
    first output's alone, so that they compare with those of a network without auxiliary classifiers.
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


def with_auxiliary_loss(model: keras.Model) -> keras.Model:
    """Return `model`, or, if it has several outputs, the same network as an `AuxiliaryLossModel`."""
    return model if len(model.outputs) == 1 else AuxiliaryLossModel(model.inputs, model.outputs, name=model.name)
