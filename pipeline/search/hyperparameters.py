"""A space as Keras Tuner's hyperparameters, the configured network its default."""

from typing import Any

import keras_tuner

from pipeline.base.errors import PipelineError
from pipeline.config.schema.search_schema import TuneConfig, ValueConfig
from pipeline.search.space import apply_values, configured_value, width_names


def build_hyperparameters(config: TuneConfig) -> keras_tuner.HyperParameters:
    """Return the space for Keras Tuner, its defaults the configured network and recipe.

    Raises:
        PipelineError: a key that cannot be searched, a range without the configured value, or a value that the
            schema refuses.
    """
    declared = keras_tuner.HyperParameters()
    space = config.search.space
    if space.widths:
        ratios = sorted({1.0, *map(float, space.widths.ratios)})
        for name in width_names(space, list(config.model.filters)):
            declared.Choice(name, ratios, default=1.0, ordered=True)
    for name, value in space.values.items():
        if name in declared:
            raise PipelineError(f"search.space.values.{name} has the name of a width; give it another")
        _declare(declared, name, value, configured_value(config, value))
        for extreme in value.choices or (value.low, value.high):
            apply_values(config, {name: extreme})
    return declared


def _declare(space: keras_tuner.HyperParameters, name: str, value: ValueConfig, default: Any) -> None:
    if value.choices is not None:
        choices: list[Any] = list(value.choices)
        if default not in choices:
            choices.append(default)
        if all(isinstance(choice, int | float) and not isinstance(choice, bool) for choice in choices):
            kind = float if any(isinstance(choice, float) for choice in choices) else int
            choices, default = sorted({kind(choice) for choice in choices}), kind(default)
        elif len({type(choice) for choice in choices}) > 1:
            raise PipelineError(f"search.space.values.{name}.choices must be of one type, like {value.key}={default!r}")
        space.Choice(name, choices, default=default)
        return
    if isinstance(default, bool | str):
        raise PipelineError(f"search.space.values.{name}: {value.key} is not a number; give choices")
    assert value.low is not None
    assert value.high is not None
    if not value.low <= default <= value.high:
        raise PipelineError(
            f"search.space.values.{name} goes from {value.low:g} to {value.high:g} and excludes the configured "
            f"{value.key}={default:g}, with which the search begins"
        )
    sampling = "log" if value.log else "linear"
    space.Float(name, value.low, value.high, step=value.step, sampling=sampling, default=float(default))
