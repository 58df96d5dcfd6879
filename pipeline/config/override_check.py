"""Overrides checked before Hydra sees them, for a clearer message about a misspelling."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from pipeline.base.errors import PipelineError, did_you_mean, nearest
from pipeline.base.paths import CONF
from pipeline.config.parse import all_keys, unknown_key_message
from pipeline.config.schema.pipeline_schema import Config

UNCHECKED = ("+", "~", "hydra", "model.filters.", "search.space.values.")  # additions, deletions, keys of a mapping


def check_overrides(root: Path, overrides: Sequence[str], schema: type[BaseModel] = Config) -> None:
    """Refuse an override of a key that does not exist, or the choice of a file that conf/ does not have.

    Args:
        root: the project's folder.
        overrides: in Hydra's grammar.
        schema: whose keys exist.

    Raises:
        PipelineError: with the nearest name that exists.
    """
    for override in overrides:
        key, equals, value = override.partition("=")
        if not equals or key.startswith(UNCHECKED):
            continue
        if not key:
            raise PipelineError(f"the override {override!r} names no key; overrides look like recipe.epochs=3.")
        if key in ("overrides", "preset"):
            raise PipelineError(f"{key} is written by composition and cannot be set; choose a preset: experiment=NAME.")
        folder = root / CONF / key
        if folder.is_dir():
            _check_choice(root, folder, value)
        elif key not in all_keys(schema):
            raise PipelineError(f"{unknown_key_message(key, schema)} in the override {override!r}.")


def exp_run_overrides(arguments: Sequence[str]) -> list[str]:
    """Return the values of `-S`/`--set-param` in the arguments of `dvc exp run` that are about params.yaml."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-S", "--set-param", action="append", nargs="?", default=[])
    values: list[str | None] = parser.parse_known_args(list(arguments))[0].set_param
    return [value for value in values if value and ":" not in value.partition("=")[0]]


def _check_choice(root: Path, folder: Path, value: str) -> None:
    if "(" in value or "[" in value:
        return  # a function or a list of Hydra's grammar
    options = sorted(file.stem for file in folder.glob("*.yaml"))
    for choice in value.split(","):
        name = choice.strip().strip("'\"")
        if name not in options:
            raise PipelineError(
                f"there is no {folder.relative_to(root)}/{name}.yaml{did_you_mean(nearest(name, options))}; "
                f"{folder.name} can be: {', '.join(options)}."
            )
