"""The registered models as rows that a person can compare."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import mlflow
from mlflow.entities.model_registry import ModelVersion, RegisteredModel

from pipeline.registry.version_search import registered_models, versions_of

ACCURACY = "test.accuracy"  # tag of a version


@dataclass(frozen=True)
class ModelRow:
    """A registered model.

    Attributes:
        name: registered name.
        versions: how many it has.
        aliases: number of the version, by alias.
        accuracy: test accuracy of the version in use; None if unknown.
        newest: when the newest version was registered, in UTC, ISO 8601; None if there is no version.
        age: of the newest version, in words.
    """

    name: str
    versions: int
    aliases: Mapping[str, int]
    accuracy: float | None
    newest: str | None
    age: str


def model_rows(client: mlflow.MlflowClient, aliases: Sequence[str]) -> list[ModelRow]:
    """Return the registered models, in order of their names.

    Args:
        client: of the registry.
        aliases: the first that is set is the version in use, otherwise the newest is.
    """
    return [_row(client, model, aliases) for model in registered_models(client)]


def _row(client: mlflow.MlflowClient, model: RegisteredModel, aliases: Sequence[str]) -> ModelRow:
    versions = versions_of(client, model.name)
    numbers = {alias: int(number) for alias, number in sorted(model.aliases.items())}
    if not versions:
        return ModelRow(model.name, 0, numbers, None, None, "–")
    used = next((numbers[alias] for alias in aliases if alias in numbers), int(versions[-1].version))
    return ModelRow(
        name=model.name,
        versions=len(versions),
        aliases=numbers,
        accuracy=next((accuracy_of(version) for version in versions if int(version.version) == used), None),
        newest=registered_at(versions[-1]).isoformat(timespec="seconds"),
        age=age_text(datetime.now(UTC) - registered_at(versions[-1])),
    )


def accuracy_of(version: ModelVersion) -> float | None:
    """Return a version's test accuracy, or None if it is unknown."""
    try:
        return float(version.tags[ACCURACY])
    except (KeyError, ValueError):
        return None


def registered_at(version: ModelVersion) -> datetime:
    """Return when a version was registered, in UTC."""
    return datetime.fromtimestamp(version.creation_timestamp / 1000, UTC)


def age_text(age: timedelta) -> str:
    """Return an age in its largest unit, such as `3 hours ago`."""
    seconds = max(0, int(age.total_seconds()))
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if count := seconds // length:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
