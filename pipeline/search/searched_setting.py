"""One searched setting: what Keras Tuner calls its values, what they mean, and when it is searched."""

from collections.abc import Mapping
from typing import Any

from pipeline.base.errors import PipelineError
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.config.schema.space_schema import SpaceConfig, ValueConfig

NOT_SEARCHED = ("model.init_from", "model.freeze")  # a search's networks start from random weights


def configured_value(config: TuneConfig, value: ValueConfig) -> Any:
    """Return the configured value of a searched key.

    Raises:
        PipelineError: there is no such key, or it is not one that can be searched.
    """
    default: Any = config.model_dump()
    for part in value.key.split("."):
        if not isinstance(default, dict) or part not in default:
            raise PipelineError(f"search.space: {value.key!r} is not a key of model or recipe")
        default = default[part]
    is_section = isinstance(default, dict | list)
    if not value.key.startswith(("model.", "recipe.")) or is_section or value.key in NOT_SEARCHED:
        raise PipelineError(
            f"search.space: {value.key!r} cannot be searched: name a number, a word or a switch of model or recipe"
        )
    return default


def options(value: ValueConfig, default: Any, *, with_default: bool) -> list[Any]:
    """Return the choices as Keras Tuner takes them: of one type, without duplicates, numbers in order.

    Choices of several types, such as `auto` and `true`, are words.

    Args:
        value: has choices.
        default: the configured value.
        with_default: whether it is one of them.
    """
    choices = [*(value.choices or []), *([default] if with_default else [])]
    if _are_words(value, default):
        return list(dict.fromkeys(word(choice) for choice in choices))
    numbers = all(isinstance(choice, int | float) and not isinstance(choice, bool) for choice in choices)
    if not numbers:
        return list(dict.fromkeys(choices))
    kind = int if all(float(choice).is_integer() for choice in choices) and isinstance(default, int) else float
    return sorted({kind(choice) for choice in choices})


def as_option(value: ValueConfig, default: Any, choice: Any) -> Any:
    """Return a choice as `options` has it; itself if it is none of them."""
    if _are_words(value, default):
        return word(choice)
    return next((one for one in options(value, default, with_default=True) if _same(one, choice)), choice)


def trained_value(value: ValueConfig, default: Any, option: Any) -> Any:
    """Return what a value of Keras Tuner's is in the settings.

    Args:
        value: the searched setting.
        default: the configured value, whose type counts.
        option: a value as Keras Tuner has it.
    """
    if _are_words(value, default) and isinstance(option, str):
        meanings = {word(choice): choice for choice in (*(value.choices or []), value.otherwise, default)}
        return meanings.get(option, option)
    if isinstance(default, bool):
        return bool(option) if isinstance(option, int | float) else option
    if isinstance(option, str | bool | None) or not isinstance(default, int | float):
        return option
    return round(float(option)) if isinstance(default, int) else float(f"{float(option):.6g}")


def is_searched(config: TuneConfig, name: str, values: Mapping[str, Any]) -> bool:
    """Return whether the condition of a value is met in the trial with `values`; configured values fill gaps."""
    space = config.search.space.values
    value = space[name]
    if value.parent_name is None:
        return True
    parent = space[value.parent_name]
    default = configured_value(config, parent)
    current = trained_value(parent, default, values.get(value.parent_name, default))
    met = any(_same(current, wanted) for wanted in value.parent_values or [])
    return met and is_searched(config, value.parent_name, values)


def met_condition(space: SpaceConfig, name: str) -> dict[str, Any]:
    """Return values of the parents with which a value is searched."""
    value = space.values[name]
    if value.parent_name is None:
        return {}
    return {**met_condition(space, value.parent_name), value.parent_name: (value.parent_values or [None])[0]}


def word(choice: Any) -> str:
    """Return a choice as it is typed."""
    if choice is None:
        return "null"
    return str(choice).lower() if isinstance(choice, bool) else str(choice)


def _are_words(value: ValueConfig, default: Any) -> bool:
    """Return whether the choices are of several types."""
    if value.choices is None:
        return False
    kinds = {
        float if isinstance(choice, int | float) and not isinstance(choice, bool) else type(choice)
        for choice in (*value.choices, default)
    }
    return len(kinds) > 1 or None in value.choices


def _same(one: Any, other: Any) -> bool:
    """Return whether two choices are the same; True is not 1."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
