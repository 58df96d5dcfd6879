"""The search's answer as files of conf/: what `dvc exp run -S model=tuned` trains."""

import datetime
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pipeline.base.files import write_text
from pipeline.base.paths import CONF
from pipeline.config.search_schema import TUNED, TuneConfig
from pipeline.search.space import configured


def write_tuned(
    root: Path, config: TuneConfig, values: Mapping[str, Any], origin: Mapping[str, str]
) -> tuple[list[Path], str]:
    """Write conf/model/tuned.yaml, and conf/recipe/tuned.yaml where the recipe was searched too.

    Args:
        root: the project's.
        config: the search.
        values: of the trial to recommend.
        origin: where it came from, for the comment at the top: search run, trial, score, data.

    Returns:
        The files, and the command that trains what they hold.
    """
    whole = config.model_copy(update={"search": config.search.model_copy(update={"epochs": None})})
    plain = configured(whole, values)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    head = "".join(f"# {name}: {value}\n" for name, value in {"found by": "python -m pipeline.tune", **origin}.items())
    head += f"# date: {today}\n"
    files = [root / CONF / "model" / f"{TUNED}.yaml"]
    write_text(files[0], head + _yaml({**plain.model.model_dump(), "name": TUNED}))
    groups = ["model"]
    searched = {value.key for value in config.search.space.values.values()}
    if any(key.startswith("recipe.") for key in searched):
        recipe = {**plain.recipe.model_dump(), "name": TUNED}
        for change, key in (("flip", "mirror"), ("shift", "shift")):
            same = recipe["augment"][change] == getattr(config.data, key)
            if same and f"recipe.augment.{change}" not in searched:
                recipe["augment"][change] = f"${{data.{key}}}"  # as the recipes of conf/ have it
        files.append(root / CONF / "recipe" / f"{TUNED}.yaml")
        write_text(files[1], head + _yaml(recipe))
        groups.append("recipe")
    return files, _command(config, groups)


def _command(config: TuneConfig, groups: list[str]) -> str:
    written = tuple(f"{group}{mark}" for group in groups for mark in "=.")
    others = [override for override in config.overrides if not override.startswith(written)]
    words = [*others, *(f"{group}={TUNED}" for group in groups)]
    return "dvc exp run " + " ".join(f"-S {shlex.quote(word)}" for word in words)


def _yaml(values: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)
