"""A space as Keras Tuner's hyperparameters, the configured network its default."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import keras_tuner

from pipeline.base.errors import PipelineError, did_you_mean, nearest
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.config.schema.space_schema import ValueConfig, parents_first
from pipeline.search.searched_setting import (
    as_option,
    configured_value,
    is_searched,
    met_condition,
    options,
    trained_value,
    word,
)
from pipeline.search.space import apply_values, width_names


def build_hyperparameters(config: TuneConfig) -> keras_tuner.HyperParameters:
    """Return the space for Keras Tuner, its defaults the configured network and recipe.

    Conditional values are declared here, with their scopes, so that a chief's oracle knows all of them from the start.

    Raises:
        PipelineError: a key that cannot be searched, a range without the configured value, a condition that no trial
            can meet, or a value that the schema refuses.
    """
    declared = keras_tuner.HyperParameters()
    space = config.search.space
    widths = width_names(space, list(config.model.filters))
    ratios = sorted({1.0, *map(float, space.widths.ratios)}) if space.widths else []
    for name in widths:
        declared.Choice(name, ratios, default=1.0, ordered=True)
    for name in parents_first(space.values):
        if name in widths:
            raise PipelineError(f"search.space.values.{name} has the name of a width; give it another")
        _declare(declared, config, name)
        _check_settings(config, name)
    return declared


def _declare(declared: keras_tuner.HyperParameters, config: TuneConfig, name: str) -> None:
    value = config.search.space.values[name]
    default, needed = configured_value(config, value), is_searched(config, name, {})
    with ExitStack() as scopes:
        for parent, parent_values in _conditions(config, name):
            scopes.enter_context(declared.conditional_scope(parent, parent_values))
        if value.choices is None:
            _declare_range(declared, name, value, default, needed=needed)
            return
        if isinstance(default, int) and not isinstance(default, bool):
            _check_whole(name, value, value.choices)
        choices = options(value, default, with_default=needed)
        first = as_option(value, default, default)
        first = first if first in choices else choices[0]
        if not isinstance(choices[0], bool):
            declared.Choice(name, choices, default=first)
        elif len(choices) == 2:
            declared.Boolean(name, default=first)
        else:
            declared.Fixed(name, choices[0])


def _declare_range(
    declared: keras_tuner.HyperParameters, name: str, value: ValueConfig, default: Any, *, needed: bool
) -> None:
    if not isinstance(default, int | float) or isinstance(default, bool):
        raise PipelineError(f"search.space.values.{name}: {value.key} is not a number; give choices")
    assert value.low is not None
    assert value.high is not None
    if not value.low <= default <= value.high:
        if needed:
            raise PipelineError(
                f"search.space.values.{name} goes from {value.low:g} to {value.high:g} and excludes the configured "
                f"{value.key}={default:g}, with which the search begins"
            )
        default = type(default)(value.low)
    sampling = "log" if value.log else "linear"
    if isinstance(default, float):
        declared.Float(name, value.low, value.high, step=value.step, sampling=sampling, default=default)
        return
    _check_whole(name, value, [value.low, value.high, value.step or 1])
    step = int(value.step) if value.step else None
    declared.Int(name, int(value.low), int(value.high), step=step, sampling=sampling, default=default)


def _check_whole(name: str, value: ValueConfig, numbers: Sequence[Any]) -> None:
    """Refuse a fraction where the setting is a whole number: a trial would not train what it records."""
    numbers = [*numbers, value.otherwise]
    if broken := [number for number in numbers if isinstance(number, float) and not number.is_integer()]:
        raise PipelineError(f"search.space.values.{name}: {value.key} is a whole number, and {broken[0]:g} is not")


def _conditions(config: TuneConfig, name: str) -> list[tuple[str, list[Any]]]:
    """Return the conditions under which a value is searched, the outermost first, as Keras Tuner has their values.

    Raises:
        PipelineError: a parent has no such value.
    """
    space = config.search.space.values
    value = space[name]
    if value.parent_name is None:
        return []
    parent = space[value.parent_name]
    default = configured_value(config, parent)
    known = options(parent, default, with_default=True)
    wanted = [as_option(parent, default, choice) for choice in value.parent_values or []]
    for choice in wanted:
        if choice not in known:
            guess = did_you_mean(nearest(str(choice), map(str, known)))
            raise PipelineError(
                f"search.space.values.{name}: {value.parent_name} is never {word(choice)}{guess}, it can be: "
                f"{', '.join(map(word, known))}"
            )
    return [*_conditions(config, value.parent_name), (value.parent_name, wanted)]


def _check_settings(config: TuneConfig, name: str) -> None:
    """Refuse what the schema refuses of a value by itself, and a first trial that is not the configured network."""
    space = config.search.space
    value, parents = space.values[name], met_condition(space, name)
    for extreme in value.choices or (value.low, value.high):
        try:
            apply_values(config, {**parents, name: extreme})
        except PipelineError as error:
            below = [other for other, one in space.values.items() if one.parent_name == name]
            hint = f"; say what {below[0]} is then: search.space.values.{below[0]}.otherwise" if below else ""
            raise PipelineError(f"{error}{hint}") from None
    default = configured_value(config, value)
    unmet = value.otherwise is not None and not is_searched(config, name, {})
    if unmet and trained_value(value, default, value.otherwise) != default:
        raise PipelineError(
            f"search.space.values.{name}: otherwise={word(value.otherwise)} is not the configured "
            f"{value.key}={word(default)}, with which the search begins"
        )
