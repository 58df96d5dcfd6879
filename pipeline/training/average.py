"""The exponential moving average of the weights, where an optimiser keeps one."""

from typing import Any

import keras


def averaged(model: keras.Model) -> list[Any]:
    """Return `model.weights` with each weight that has an average replaced by it.

    Polyak & Juditsky 1992, in the exponential form of Kingma & Ba 2015, arXiv:1412.6980, section 7.2.
    """
    averages = _averages(model)
    return [averages.get(id(variable), variable) for variable in model.weights]


def _averages(model: keras.Model) -> dict[int, Any]:
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)  # float16's loss scaling wraps it
    if not optimizer.use_ema:
        return {}
    kept = zip(optimizer._trainable_variables, optimizer._model_variables_moving_average, strict=True)
    return {id(variable): average for variable, average in kept}
