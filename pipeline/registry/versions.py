"""Versions of a registered MLflow model."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import mlflow
from mlflow.exceptions import MlflowException

DIGEST = "model.digest"
VERSIONS = "mlflow.modelVersions"  # tag by which MLflow's page of a model links its versions
TAG_LENGTH = 4000  # MLflow's limit is 5,000 characters


@dataclass(frozen=True)
class RegisteredVersion:
    """A registered version; `new` says whether this call created it."""

    name: str
    number: int
    new: bool


def register_once(
    name: str, model_id: str, digest: str, tags: Mapping[str, str], description: str, classes: Sequence[str]
) -> RegisteredVersion:
    """Return the version of `name` whose model has this digest, creating it from `model_id` if there is none.

    Args:
        name: of the registered model; created if need be.
        model_id: the MLflow model to register.
        digest: SHA-256 of the `.keras` file: equal digests are the same model.
        tags: lineage and metrics to put on the version.
        description: for readers of the registry.
        classes: class names in index order; they become a tag.
    """
    client = mlflow.MlflowClient()
    known = version_with_digest(name, digest)
    if known is not None:
        return RegisteredVersion(name, known, new=False)
    with suppress(MlflowException):  # it is there already; anything else shows in the next line
        client.create_registered_model(name)
    logged = client.get_logged_model(model_id)
    tags = {**tags, DIGEST: digest, "classes": _joined(classes)}
    created = client.create_model_version(
        name, f"models:/{model_id}", logged.source_run_id, tags=tags, description=description, model_id=model_id
    )
    linked = [*json.loads(logged.tags.get(VERSIONS, "[]")), {"name": name, "version": created.version}]
    client.set_logged_model_tags(model_id, {VERSIONS: json.dumps(linked)})  # as mlflow.register_model does
    return RegisteredVersion(name, int(created.version), new=True)


def version_with_digest(name: str, digest: str) -> int | None:
    """Return the number of the version of `name` whose model has this digest, the last if there are several."""
    try:
        client = mlflow.MlflowClient()
        versions = client.search_model_versions(f"name = '{_escaped(name)}' and tags.`{DIGEST}` = '{digest}'")
    except MlflowException:
        return None
    return max((int(version.version) for version in versions), default=None)


def _escaped(name: str) -> str:
    return name.replace("'", "\\'")


def _joined(classes: Sequence[str]) -> str:
    joined = ", ".join(classes)
    return joined if len(joined) <= TAG_LENGTH else joined[:TAG_LENGTH] + "…"
