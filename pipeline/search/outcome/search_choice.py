"""Which search a user means: the one that was started last, or the last one with the settings that are typed.

The settings that are not typed are those of params.yaml, which may have changed since, to `model=tuned` for example.
Then the last search counts that was started with the same arguments.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.base.errors import PipelineError
from pipeline.base.paths import SEARCHES, main_root
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.config.search_compose import compose_search
from pipeline.search.outcome.search_record import SearchRecord, all_records
from pipeline.search.search_key import keyed_settings

MOST_NAMED = 6  # searches in a message


def find_search(root: Path, overrides: Sequence[str]) -> SearchRecord:
    """Return the search that was started last, with `overrides` the last one with these settings.

    Args:
        root: the project's folder.
        overrides: as they are typed to start the search; none: any search.

    Raises:
        PipelineError: there is none.
    """
    records = all_records(main_root(root) / SEARCHES)
    if not records:
        raise PipelineError("no search was started in this project; python -m pipeline.tune starts one")
    if not overrides:
        return records[0]
    named = [record for record in records if list(record.arguments) == list(overrides)]
    try:
        wanted = _settings(compose_search(root, overrides))
    except PipelineError:
        if named:
            return named[0]
        raise
    found = next((record for record in records if _settings(record.config) == wanted), next(iter(named), None))
    if found is None:
        known = "; ".join(f"{one.folder.name}: {one.command}" for one in records[:MOST_NAMED])
        raise PipelineError(f"no search was started with these settings; the last were {known}")
    return found


def _settings(config: TuneConfig) -> dict[str, Any]:
    """Return the settings that distinguish one search from another when a user names it."""
    sections = config.model_dump(include={"data", "model", "recipe"})
    for section in ("model", "recipe"):
        sections[section].pop("name")
    return {**sections, "search": keyed_settings(config)}
