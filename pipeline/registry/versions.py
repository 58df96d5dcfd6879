"""Versions of a registered MLflow model."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import mlflow
from mlflow.exceptions import MlflowException

DIGEST = "model.digest"


@dataclass(frozen=True)
class Version:
    """A registered version; `new` says whether this call made it."""

    name: str
    number: int
    new: bool


def register_once(
    name: str, model_id: str, digest: str, tags: Mapping[str, str], description: str, classes: Sequence[str]
) -> Version:
    """Return the version of `name` whose model has this digest, making it from `model_id` if there is none.

    Args:
        name: of the registered model; created if need be.
        model_id: the MLflow model to register.
        digest: SHA-256 of the `.keras` file: what makes two models the same.
        tags: lineage and metrics to put on the version.
        description: for readers of the registry.
        classes: class names in index order; they become a tag.
    """
    client = mlflow.MlflowClient()
    found = _with_digest(client, name, digest)
    if found is not None:
        return Version(name, found, new=False)
    with suppress(MlflowException):  # it is there already; anything else shows in the next line
        client.create_registered_model(name)
    run_id = client.get_logged_model(model_id).source_run_id
    tags = {**tags, DIGEST: digest, "classes": _joined(classes)}
    made = client.create_model_version(
        name, f"models:/{model_id}", run_id, tags=tags, description=description, model_id=model_id
    )
    return Version(name, int(made.version), new=True)


def point_alias(name: str, alias: str, number: int) -> None:
    """Make `models:/name@alias` the version `number`."""
    mlflow.MlflowClient().set_registered_model_alias(name, alias, str(number))


def _with_digest(client: Any, name: str, digest: str) -> int | None:
    try:
        versions = client.search_model_versions(f"name = '{_quoted(name)}' and tags.`{DIGEST}` = '{digest}'")
    except MlflowException:
        return None
    return max((int(version.version) for version in versions), default=None)


def _quoted(name: str) -> str:
    return name.replace("'", "\\'")


def _joined(classes: Sequence[str]) -> str:
    joined = ", ".join(classes)
    return joined if len(joined) <= 4000 else joined[:4000] + "…"
