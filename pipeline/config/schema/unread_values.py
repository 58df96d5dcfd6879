"""Searched settings that nothing in a trial reads: a search over them would draw noise."""

from typing import Any

from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.schema.recipe_schema import WITH_MOMENTUM, WITH_NESTEROV
from pipeline.config.schema.space_schema import SpaceConfig, ValueConfig

READ_WITH = {  # the setting that decides whether another is read, and the values with which it is
    "recipe.momentum": ("recipe.optimizer", WITH_MOMENTUM),
    "recipe.nesterov": ("recipe.optimizer", WITH_NESTEROV),
    "recipe.step_epochs": ("recipe.schedule", ("step",)),
    "recipe.step_factor": ("recipe.schedule", ("step",)),
    "recipe.power": ("recipe.schedule", ("polynomial",)),
}
NEVER = {
    "recipe.monitor": "search.objective decides which epoch of a trial is the best",
    "recipe.name": "a name changes nothing",
    "model.name": "a name changes nothing",
    "model.views": "only the saved model averages views, no trial does",
    "model.normalization_momentum": "trials are validated with statistics that are recomputed",
}


def unread_reason(config: Config, space: SpaceConfig, value: ValueConfig, fixed_epochs: str | None) -> str | None:
    """Return in words why nothing in a trial reads a searched value, or None.

    Args:
        config: the settings that the search varies.
        space: the search's.
        value: one of its values.
        fixed_epochs: the setting that decides how many epochs a trial trains instead of the recipe, if any does.
    """
    key = value.key
    if key in NEVER:
        return NEVER[key]
    if key == "recipe.epochs" and fixed_epochs:
        return f"{fixed_epochs} decides how long a trial trains"
    if key == "model.width" and space.widths and space.widths.per == "network":
        return "search.space.widths searches the network's width already"
    if key in READ_WITH:
        other, readers = READ_WITH[key]
        possible = _possible(config, space, value, other)
        if not any(option in readers for option in possible):
            return f"it is read with {other}={' or '.join(readers)} only"
    return None


def _possible(config: Config, space: SpaceConfig, value: ValueConfig, key: str) -> list[Any]:
    """Return the values that the setting `key` may have in trials that search `value`."""
    section, name = key.split(".")
    possible: list[Any] = [getattr(getattr(config, section), name)]
    for other_name, other in space.values.items():
        if other.key == key:
            if value.parent_name == other_name:
                return list(value.parent_values or [])
            possible += other.choices or []
    return possible
