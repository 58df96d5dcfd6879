"""The exponential moving averages of the weights, where an optimizer keeps them."""

from typing import Any

import keras

from pipeline.training.engine.keras_internals import moving_averages


def averaged_weights(model: keras.Model) -> list[Any]:
    """Return `model.weights`, each weight that has a moving average replaced by it.

    Polyak & Juditsky 1992, in the exponential form of Kingma & Ba 2015, arXiv:1412.6980, section 7.2.
    `keras.callbacks.SwapEMAWeights` exchanges weights and averages by adding and subtracting them in float32, which
    changes their last bits; assigning the averages and then the weights kept aside does not.
    """
    averages = {id(variable): average for variable, average in moving_averages(model.optimizer)}
    return [averages.get(id(variable), variable) for variable in model.weights]
