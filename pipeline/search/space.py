"""What the values of a trial mean: changes of network and recipe."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.config.parse import parse_config
from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.config.schema.space_schema import SpaceConfig, ValueConfig
from pipeline.search.searched_setting import is_searched, trained_value
from pipeline.topology.blocks import BRANCHES, MULTIPLE, scale_width

REDUCED = ((1, 2), (3, 4))  # places in the filter table: a reduction, and the convolution after it
NETWORK = "width"
Values = Mapping[str, Any]


def width_names(space: SpaceConfig, blocks: Sequence[str]) -> list[str]:
    """Return the names of the width ratios that a space searches: none, one, one per block, or six per block."""
    if space.widths is None:
        return []
    match space.widths.per:
        case "network":
            return [NETWORK]
        case "block":
            return [f"{block}/{NETWORK}" for block in blocks]
        case "branch":
            return [f"{block}/{branch}" for block in blocks for branch in BRANCHES]


def apply_values(config: TuneConfig, values: Values) -> Config:
    """Return the settings of the trial with these values.

    Args:
        config: the search, and the network and recipe that it varies.
        values: by name; settings without a value stay as configured.

    Raises:
        PipelineError: the values contradict each other.
    """
    settings = config.model_dump(exclude={"search"})
    space = config.search.space.values
    for name, value in space.items():
        if value.otherwise is not None and name not in values and not is_searched(config, name, values):
            _put(settings, value, value.otherwise)
    for name, value in space.items():
        if name in values:
            _put(settings, value, values[name])
    model = settings["model"]
    widths = config.search.space.widths
    if widths and widths.per == "network":
        model["width"] = config.model.width * float(values.get(NETWORK, 1.0))
    elif widths:
        model["filters"] = scale_filters(model["filters"], config.model.width, _ratios(widths.per, values))
    if config.search.epochs:
        settings["recipe"]["epochs"] = config.search.epochs
    return parse_config(settings, f"the trial {dict(values)}")


def full_training(config: TuneConfig) -> TuneConfig:
    """Return the search with trials of all the recipe's epochs: what its winner is trained by."""
    return config.model_copy(update={"search": config.search.model_copy(update={"epochs": None})})


def scale_filters(
    filters: Mapping[str, Sequence[int]], width: float, ratio: Callable[[str, str], float]
) -> dict[str, list[int]]:
    """Return a filter table whose filters, multiplied by `width`, are `ratio` times the present ones.

    Results are multiples of 8, at least 8; a reduction is at most as wide as its convolution; filters with a ratio of 1
    stay as they are.

    Args:
        filters: six numbers for each block.
        width: the network's own multiplier, which stays.
        ratio: a function of block and branch.
    """
    return {
        block: _row(numbers, width, [ratio(block, branch) for branch in BRANCHES]) for block, numbers in filters.items()
    }


def _row(numbers: Sequence[int], width: float, ratios: Sequence[float]) -> list[int]:
    before = [scale_width(number, width) for number in numbers]
    after = [
        wide if ratio == 1 else max(MULTIPLE, round(wide * ratio / MULTIPLE) * MULTIPLE)
        for wide, ratio in zip(before, ratios, strict=True)
    ]
    for reduction, convolution in REDUCED:
        if after[reduction] > before[reduction] or after[convolution] < before[convolution]:
            after[reduction] = min(after[reduction], after[convolution])
    return [
        number if new == old else round(new / width) for number, old, new in zip(numbers, before, after, strict=True)
    ]


def _ratios(per: str, values: Values) -> Callable[[str, str], float]:
    if per == "block":
        return lambda block, branch: float(values.get(f"{block}/{NETWORK}", 1.0))
    return lambda block, branch: float(values.get(f"{block}/{branch}", 1.0))


def _put(settings: dict[str, Any], value: ValueConfig, new: Any) -> None:
    *path, last = value.key.split(".")
    section = settings
    for part in path:
        section = section[part]
    section[last] = trained_value(value, section[last], new)
