"""Digests of what scores depend on: the names of a search's state and of a trial's result."""

from importlib.metadata import version
from typing import Any

from pipeline.base.digests import json_digest
from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.training.training_key import running_code_digest, training_key

ROOMS = ("search",)
TRIAL = ("search/trial.py",)  # the code of this room that a trial's result depends on
NOT_IN_KEY = {"name", "workers", "silence_minutes", "retrain", "max_trials"}  # may change before it resumes
READ_BY = {"initial_points": "bayesian", "factor": "hyperband"}  # settings that one oracle alone reads


def search_key(config: TuneConfig, data_digest: str) -> str:
    """Return a digest of space, objective, oracle, limits, seed, network, recipe, data, code and libraries."""
    facts = {
        "search": keyed_settings(config),
        "training": training_key(_unnamed(config), data_digest),
        "code": running_code_digest(ROOMS),
        "tuner": version("keras-tuner"),
    }
    return json_digest(facts)


def keyed_settings(config: TuneConfig) -> dict[str, Any]:
    """Return the settings of a search without those that may change before it resumes."""
    unread = {name for name, oracle in READ_BY.items() if oracle != config.search.oracle}
    search: dict[str, Any] = config.search.model_dump(exclude=NOT_IN_KEY | unread)
    search["space"].pop("name")
    return search


def trial_key(config: Config, data_digest: str, objective: str, until: int | None) -> str:
    """Return a digest of what the result of a trial, or of a retraining, depends on: its search does not count.

    Args:
        config: the trial's settings.
        data_digest: of the training images.
        objective: decides which epoch is the best.
        until: it stops after this many epochs; None: after the recipe's.
    """
    facts: dict[str, Any] = {
        "training": training_key(_unnamed(config, monitor=objective), data_digest),
        "code": running_code_digest(TRIAL),
        "until": until,
    }
    return json_digest(facts)


def _unnamed(config: Config, **changes: Any) -> Config:
    """Return the settings without the names of network and recipe, which change no score."""
    model = config.model.model_copy(update={"name": ""})
    recipe = config.recipe.model_copy(update={"name": "", **changes})
    return config.model_copy(update={"model": model, "recipe": recipe})
