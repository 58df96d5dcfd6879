"""The exponential moving average of the weights that an optimiser keeps: judged and saved in their place."""

from typing import Any

import keras


def averaged(model: keras.Model) -> list[Any]:
    """Return `model.weights` with each weight that has an average replaced by it.

    Polyak & Juditsky 1992, in the exponential form of Kingma & Ba 2015, arXiv:1412.6980, section 7.2.
    """
    averages = _averages(model)
    return [averages.get(id(variable), variable) for variable in model.weights]


class JudgeAverage(keras.callbacks.Callback):
    """Puts the averages in the weights' place while the model is validated."""

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        """Keep the weights aside, take the averages."""
        self.aside = [variable.numpy() for variable in self.model.weights]
        for variable, average in zip(self.model.weights, averaged(self.model), strict=True):
            if average is not variable:
                variable.assign(average)

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Take the weights back, bit for bit."""
        for variable, value in zip(self.model.weights, self.aside, strict=True):
            variable.assign(value)


def _averages(model: keras.Model) -> dict[int, Any]:
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)  # float16's loss scaling wraps it
    if not optimizer.use_ema:
        return {}
    kept = zip(optimizer._trainable_variables, optimizer._model_variables_moving_average, strict=True)
    return {id(variable): average for variable, average in kept}
