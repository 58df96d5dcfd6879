"""The values that determine the rest of a training, as arrays."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from numpy.typing import NDArray

from pipeline.training.checkpoints.checkpoint import DamagedCheckpointError

METRIC = "metric-"  # before the numbers of the running metrics of an unfinished epoch


def state_arrays(model: keras.Model, *, metrics: bool) -> dict[str, NDArray[Any]]:
    """Return weights, random states and the optimizer's variables, its step count included.

    Args:
        model: with its optimizer.
        metrics: also return the running sums of loss and metrics.
    """
    arrays = numbered(_variables(model))
    return arrays | numbered(_metric_variables(model), METRIC) if metrics else arrays


def assign_state(model: keras.Model, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Give `model` and its optimizer the values of `state_arrays`, bit for bit; its metrics stay.

    Raises:
        DamagedCheckpointError: they are those of another network.
    """
    variables = _variables(model)
    kept = [arrays[name] for name in arrays if not name.startswith(METRIC)]
    if [tuple(variable.shape) for variable in variables] != [value.shape for value in kept]:
        raise DamagedCheckpointError("the checkpoint is of another network")
    for variable, value in zip(variables, kept, strict=True):
        variable.assign(value)


def assign_metrics(model: keras.Model, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Give the metrics of `model` the running sums in `state_arrays`, so that an epoch's metrics are of all batches."""
    kept = [value for name, value in arrays.items() if name.startswith(METRIC)]
    if len(_metric_variables(model)) < len(kept):
        _build_metrics(model)
    for variable, value in zip(_metric_variables(model), kept, strict=True):
        variable.assign(value)


def numbered(variables: Sequence[Any], prefix: str = "") -> dict[str, NDArray[Any]]:
    """Return the values of variables, by their number after `prefix`."""
    return {f"{prefix}{index}": keras.ops.convert_to_numpy(variable) for index, variable in enumerate(variables)}


def _build_metrics(model: keras.Model) -> None:
    """Create the variables of the metrics, which Keras does at the first batch."""
    outputs = [keras.ops.zeros((1, output.shape[-1])) for output in model.outputs]
    model.compute_metrics(None, outputs[0], outputs if len(outputs) > 1 else outputs[0])
    model.reset_metrics()


def _variables(model: keras.Model) -> list[keras.Variable]:
    return [*model.variables, *model.optimizer.variables]


def _metric_variables(model: keras.Model) -> list[keras.Variable]:
    return [variable for metric in model.metrics for variable in metric.variables]
