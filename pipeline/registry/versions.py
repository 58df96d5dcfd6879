"""Versions of a registered MLflow model: the same model is one version, whoever registers it and however often."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import mlflow
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from pipeline.registry.registry_lock import registry_lock
from pipeline.registry.version_search import DIGEST, versions_of

PENDING = "registration.pending"  # tag of a version until it is certain that no other process registers the same model
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

    Processes may do this at once, and be killed at any instant: each creates a version that is marked as pending, then
    looks which there are. The lowest number is confirmed, by whoever sees it; the others are removed.

    Args:
        name: of the registered model; created if need be.
        model_id: the MLflow model to register.
        digest: SHA-256 of the `.keras` file: equal digests are the same model.
        tags: lineage and metrics to put on the version.
        description: for readers of the registry.
        classes: class names in index order; they become a tag.

    Raises:
        MlflowException: the store cannot be asked.
    """
    client = mlflow.MlflowClient()
    with registry_lock():
        created = None
        if not versions_of(client, name, digest):
            with suppress(MlflowException):  # it is there already; anything else shows in the next line
                client.create_registered_model(name)
            logged = client.get_logged_model(model_id)
            all_tags = {**tags, DIGEST: digest, "classes": _joined(classes), PENDING: "true"}
            created = client.create_model_version(
                name,
                f"models:/{model_id}",
                logged.source_run_id,
                tags=all_tags,
                description=description,
                model_id=model_id,
            )
        kept = _confirm_first(client, name, digest)
        for model in dict.fromkeys((kept.model_id or model_id, model_id)):
            _link(client, model, kept)
    new = created is not None and created.version == kept.version
    return RegisteredVersion(name, int(kept.version), new)


def version_with_digest(name: str, digest: str) -> int | None:
    """Return the number of the version of `name` whose model has this digest, or None.

    A version whose registration was interrupted counts: registering again completes it.

    Raises:
        MlflowException: the store cannot be asked.
    """
    found = versions_of(mlflow.MlflowClient(), name, digest)
    return int(_first(found).version) if found else None


def _confirm_first(client: mlflow.MlflowClient, name: str, digest: str) -> ModelVersion:
    """Return the version to keep of those with this digest, confirmed; remove the others that are still pending."""
    found = versions_of(client, name, digest)
    kept = _first(found)
    for other in found:
        if other.version != kept.version and PENDING in other.tags:
            with _missing_is_right():  # another process removed it just now
                client.delete_model_version(name, other.version)
    if PENDING in kept.tags:
        with _missing_is_right():  # another process confirmed it just now
            client.delete_model_version_tag(name, kept.version, PENDING)
    return kept


def _first(versions: Sequence[ModelVersion]) -> ModelVersion:
    """Return the lowest number, a confirmed one before any that is pending."""
    return min(versions, key=lambda version: (PENDING in version.tags, int(version.version)))


def _link(client: mlflow.MlflowClient, model_id: str, kept: ModelVersion) -> None:
    """Link the version on MLflow's page of a logged model, as mlflow.register_model does; drop dead links."""
    there = {int(one.version) for one in versions_of(client, kept.name)}
    with _missing_is_right():  # of a version whose run was deleted
        linked = json.loads(client.get_logged_model(model_id).tags.get(VERSIONS, "[]"))
        links = [one for one in linked if one["name"] != kept.name or int(one["version"]) in there]
        if not any(one["name"] == kept.name and int(one["version"]) == int(kept.version) for one in links):
            links.append({"name": kept.name, "version": kept.version})
        if links != linked:
            client.set_logged_model_tags(model_id, {VERSIONS: json.dumps(links)})


@contextmanager
def _missing_is_right() -> Iterator[None]:
    try:
        yield
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise


def _joined(classes: Sequence[str]) -> str:
    joined = ", ".join(classes)
    return joined if len(joined) <= TAG_LENGTH else joined[:TAG_LENGTH] + "…"
