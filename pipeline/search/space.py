"""What the values of a trial mean: a changed network and recipe."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.base.errors import PipelineError
from pipeline.config.check import check
from pipeline.config.schema import Config
from pipeline.config.search_schema import SpaceConfig, TuneConfig, ValueConfig
from pipeline.model.googlenet import MULTIPLE, scaled

BRANCHES = ("1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj")  # in the order of the filter table
REDUCED = ((1, 2), (3, 4))  # a reduction, and the convolution that it stands before
NETWORK = "width"
Values = Mapping[str, Any]


def width_names(space: SpaceConfig, blocks: Sequence[str]) -> list[str]:
    """Return the names of the ratios that a space searches: none, one, one for each block, or six for each."""
    if space.widths is None:
        return []
    match space.widths.per:
        case "network":
            return [NETWORK]
        case "block":
            return [f"{block}/{NETWORK}" for block in blocks]
        case "branch":
            return [f"{block}/{branch}" for block in blocks for branch in BRANCHES]


def configured(config: TuneConfig, values: Values) -> Config:
    """Return the settings of the trial that `values` describe.

    Args:
        config: the search, and the network and recipe that it varies.
        values: by name; those that are missing stay as configured.

    Raises:
        PipelineError: together they are impossible.
    """
    plain = config.model_dump(exclude={"search"})
    for name, value in config.search.space.values.items():
        if name in values:
            _put(plain, value, values[name])
    model = plain["model"]
    widths = config.search.space.widths
    if widths and widths.per == "network":
        model["width"] = config.model.width * float(values.get(NETWORK, 1.0))
    elif widths:
        model["filters"] = widened(model["filters"], config.model.width, _ratios(widths.per, values))
    if config.search.epochs:
        plain["recipe"]["epochs"] = config.search.epochs
    return check(plain, f"the trial {dict(values)}")


def widened(
    filters: Mapping[str, Sequence[int]], width: float, ratio: Callable[[str, str], float]
) -> dict[str, list[int]]:
    """Return a filter table whose filters, once multiplied by `width`, are `ratio` times what they were.

    They become multiples of 8, at least 8; a reduction that would be wider than its convolution is cut to it; what
    has a ratio of 1 stays as it is.

    Args:
        filters: six numbers for each block.
        width: the network's own multiplier, which stays.
        ratio: of a block and a branch.
    """
    return {
        block: _row(numbers, width, [ratio(block, branch) for branch in BRANCHES]) for block, numbers in filters.items()
    }


def _row(numbers: Sequence[int], width: float, ratios: Sequence[float]) -> list[int]:
    before = [scaled(number, width) for number in numbers]
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


def default_of(config: TuneConfig, value: ValueConfig) -> Any:
    """Return what the configuration itself says of a searched key.

    Raises:
        PipelineError: there is no such key, or it is not one that can be searched.
    """
    found: Any = config.model_dump()
    for part in value.key.split("."):
        if not isinstance(found, dict) or part not in found:
            raise PipelineError(f"search.space: {value.key!r} is not a key of model or recipe")
        found = found[part]
    if not value.key.startswith(("model.", "recipe.")) or isinstance(found, dict | list) or found is None:
        raise PipelineError(
            f"search.space: {value.key!r} cannot be searched: name a number, a choice or a switch of model or recipe "
            "that is set"
        )
    return found


def _put(plain: dict[str, Any], value: ValueConfig, new: Any) -> None:
    *path, last = value.key.split(".")
    section = plain
    for part in path:
        section = section[part]
    old = section[last]
    if isinstance(old, str):
        section[last] = new
    elif isinstance(old, bool):
        section[last] = bool(new)  # Keras Tuner makes numbers of them
    elif isinstance(old, int):
        section[last] = round(float(new))
    else:
        section[last] = float(f"{float(new):.6g}")
