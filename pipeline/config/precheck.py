"""Overrides looked at before Hydra sees them, for a better word than Hydra's on a misspelling."""

import difflib
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from pipeline.base.errors import PipelineError
from pipeline.base.paths import CONF
from pipeline.config.check import all_keys, unknown_key
from pipeline.config.schema import Config

GRAMMAR = (
    "+",
    "~",
    "hydra",
    "model.filters.",
    "search.space.values.",
)  # additions, deletions, Hydra's own keys, keys of a mapping


def refuse_unknown(root: Path, overrides: Sequence[str], schema: type[BaseModel] = Config) -> None:
    """Refuse an override of a key that does not exist, or the choice of a file that conf/ does not have.

    Raises:
        PipelineError: with the nearest name that exists.
    """
    for override in overrides:
        key, equals, value = override.partition("=")
        if not equals or key.startswith(GRAMMAR):
            continue
        if not key:
            raise PipelineError(f"the override {override!r} names no key; overrides look like recipe.epochs=3.")
        if key in ("overrides", "preset"):
            raise PipelineError(
                f"{key} is worked out by composition and cannot be set; choose a preset with experiment=NAME."
            )
        folder = root / CONF / key
        if folder.is_dir():
            _refuse_unknown_choice(root, folder, value)
        elif key not in all_keys(schema):
            raise PipelineError(f"{unknown_key(key, schema)} in the override {override!r}.")


def set_params(arguments: Sequence[str]) -> list[str]:
    """Return the values of `-S`/`--set-param` in the arguments of `dvc exp run` that are about params.yaml."""
    values, waiting = [], False
    for argument in arguments:
        if waiting:
            values.append(argument)
            waiting = False
        elif argument in ("-S", "--set-param"):
            waiting = True
        elif argument.startswith("-S"):
            values.append(argument[2:])
        elif argument.startswith("--set-param="):
            values.append(argument.partition("=")[2])
    return [value for value in values if ":" not in value.partition("=")[0]]


def _refuse_unknown_choice(root: Path, folder: Path, value: str) -> None:
    if "(" in value or "[" in value:
        return  # a function or a list of Hydra's grammar
    options = sorted(file.stem for file in folder.glob("*.yaml"))
    for choice in value.split(","):
        name = choice.strip().strip("'\"")
        if name not in options:
            found = difflib.get_close_matches(name, options, n=1)
            guess = f" (did you mean {found[0]!r}?)" if found else ""
            raise PipelineError(
                f"there is no {folder.relative_to(root)}/{name}.yaml{guess}; "
                f"{folder.name} can be: {', '.join(options)}."
            )
