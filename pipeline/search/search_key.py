"""A digest of everything that the scores of a search's trials depend on: the name of its state."""

from importlib.metadata import version

from pipeline.base.digests import json_digest
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.training.training_key import source_digest, training_key

ROOMS = ("search",)
NOT_IN_KEY = {"name", "workers", "silence_minutes", "retrain", "max_trials"}  # may change before it resumes


def search_key(config: TuneConfig, data_digest: str) -> str:
    """Return a digest of space, objective, oracle, limits, seed, network, recipe, data, code and libraries."""
    search = config.search.model_dump(exclude=NOT_IN_KEY)
    search["space"].pop("name")
    facts = {
        "search": search,
        "training": training_key(config, data_digest),
        "code": source_digest(ROOMS),
        "tuner": version("keras-tuner"),
    }
    return json_digest(facts)
