"""Which search this is: what its trials' scores depend on, as one digest."""

import hashlib
import json
from importlib.metadata import version

from pipeline.config.search_schema import TuneConfig
from pipeline.training.identity import source_digest, training_key

ROOMS = ("search",)
NOT_DECISIVE = {"name", "workers", "silence_minutes", "retrain", "max_trials"}  # they may change and the search go on


def search_key(config: TuneConfig, data_digest: str) -> str:
    """Return a hex digest of space, objective, oracle, limits, seed, network, recipe, data, code and libraries."""
    search = config.search.model_dump(exclude=NOT_DECISIVE)
    search["space"].pop("name")
    facts = {
        "search": search,
        "training": training_key(config, data_digest),
        "code": source_digest(ROOMS),
        "tuner": version("keras-tuner"),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
