"""A space small enough to train every network of it, with the seeds that the table has."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.stage_times import ROOT
from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.config.search_compose import compose_search

EPOCHS, SEEDS = 6, (1, 2)
SETTINGS = (
    "experiment=smoke",
    f"recipe.epochs={EPOCHS}",
    "recipe.warmup_epochs=1",
    "recipe.precision=float32",
    "data.split.test=0.5",
    "search.limits.relative=null",
    "search/space=network",
    "search.space.widths.ratios=[0.5,1.0,1.5,2.0]",
    "search.space.values.dropout.choices=[0.0,0.4]",
    "+search.space.values.rate={key:recipe.learning_rate,choices:[0.0005,0.002,0.005,0.02]}",
    "+search.space.values.smoothing={key:recipe.label_smoothing,choices:[0.0,0.1]}",
    "+search.space.values.shift={key:recipe.augment.shift,choices:[0.0,0.0625]}",
)
Key = tuple[tuple[str, Any], ...]


def small_search(*overrides: str) -> TuneConfig:
    """Return the search of the small space on the digits.

    Args:
        overrides: further settings.
    """
    return compose_search(ROOT, [*SETTINGS, *overrides])


def combinations(config: TuneConfig) -> list[dict[str, Any]]:
    """Return the values of every network of the space, by name."""
    from pipeline.search.hyperparameters import build_hyperparameters

    space = build_hyperparameters(config).space
    return [
        dict(zip((hp.name for hp in space), chosen, strict=True))
        for chosen in itertools.product(*(hp.values for hp in space))
    ]


def combination_key(values: Mapping[str, Any], names: Sequence[str]) -> Key:
    """Return values in a form that finds them in the table."""
    return tuple((name, float(values[name])) for name in names)


def seeded(config: Config, seed: int) -> Config:
    """Return settings whose training has another seed."""
    return config.model_copy(update={"recipe": config.recipe.model_copy(update={"seed": seed})})
