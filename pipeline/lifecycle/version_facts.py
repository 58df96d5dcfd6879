"""What the registry and the training's run say of a version."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import mlflow
from mlflow.entities.model_registry import ModelVersion, RegisteredModel
from mlflow.exceptions import MlflowException

from pipeline.lifecycle.model_rows import registered_at
from pipeline.lifecycle.registry_access import aliases_of
from pipeline.lifecycle.version_record import FORCED, version_record

FIGURE = "test."  # prefix of tags with figures on the test images
LINEAGE = {
    "git.commit": "commit",
    "git.dirty": "uncommitted changes",
    "data.digest": "data digest",
    "overrides": "set besides conf/",
    "dvc.experiment": "DVC experiment",
    "model.digest": "model digest",
}  # tags of a version


@dataclass(frozen=True)
class VersionFacts:
    """A version.

    Attributes:
        name: of the registered model; number: of the version.
        aliases: that point to it.
        registered: when, in UTC, ISO 8601.
        run: id of the training's run; '' if it is unknown.
        figures: on the test images, by name.
        criteria: the gate's: value, bound and verdict, by metric.
        champion: why it became the champion or did not; None: unknown.
        forced: why it was made the champion against the gate's decision; None: it was not.
        lineage: commit, data and the like.
        settings: every setting that shapes the model; empty where its run is gone.
    """

    name: str
    number: int
    aliases: list[str]
    registered: str
    run: str
    figures: dict[str, float]
    criteria: dict[str, str]
    champion: str | None
    forced: str | None
    lineage: dict[str, str]
    settings: dict[str, Any]


def version_facts(model: RegisteredModel, version: ModelVersion) -> VersionFacts:
    """Return what is known of a version.

    Args:
        model: that it is of.
        version: to describe.

    Raises:
        MlflowException: the store cannot be asked.
    """
    tags, record = version.tags, version_record(version.tags)
    return VersionFacts(
        name=version.name,
        number=int(version.version),
        aliases=aliases_of(model, version),
        registered=registered_at(version).isoformat(timespec="seconds"),
        run=version.run_id or "",
        figures=_figures(tags),
        criteria=dict(record.criteria),
        champion=str(record.verdict["reason"]) if record.verdict else tags.get("champion.comparison"),
        forced=tags.get(FORCED),
        lineage={name: tags[tag] for tag, name in LINEAGE.items() if tag in tags},
        settings=_settings(version.run_id),
    )


def _figures(tags: Mapping[str, str]) -> dict[str, float]:
    """Return the figures among a version's tags; people may add tags of their own that begin like them."""
    figures = {}
    for key, text in tags.items():
        if key.startswith(FIGURE):
            with suppress(ValueError):
                figures[key.removeprefix(FIGURE)] = float(text)
    return figures


def _settings(run_id: str | None) -> dict[str, Any]:
    try:
        return dict(mlflow.get_run(run_id).data.params) if run_id else {}
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return {}
