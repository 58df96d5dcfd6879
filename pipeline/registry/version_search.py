"""Registered models and versions as the registry lists them: all pages, whatever characters a name has."""

from collections.abc import Callable
from typing import TypeVar

import mlflow
from mlflow.entities.model_registry import ModelVersion, RegisteredModel
from mlflow.store.entities import PagedList

DIGEST = "model.digest"  # tag of a version
Found = TypeVar("Found")


def registered_models(client: mlflow.MlflowClient) -> list[RegisteredModel]:
    """Return every registered model, in order of their names.

    Raises:
        MlflowException: the store cannot be asked.
    """
    found: list[RegisteredModel] = _all_pages(lambda token: client.search_registered_models(page_token=token))
    return sorted(found, key=lambda model: model.name)


def versions_of(client: mlflow.MlflowClient, name: str, digest: str | None = None) -> list[ModelVersion]:
    """Return the versions of a registered model, in order of their numbers.

    Args:
        client: of the registry.
        name: of the model; none of its versions is found if there is no such model.
        digest: SHA-256 of a `.keras` file, in hex: only versions of this model; None: all.

    Raises:
        MlflowException: the store cannot be asked.
    """
    quoted = _quoted(name)
    conditions = [f"name = {quoted}"] if quoted else []
    conditions += [] if digest is None else [f"tags.`{DIGEST}` = '{digest}'"]
    condition = " and ".join(conditions) or None
    found: list[ModelVersion] = _all_pages(lambda token: client.search_model_versions(condition, page_token=token))
    return sorted((one for one in found if one.name == name), key=lambda version: int(version.version))


def _quoted(name: str) -> str | None:
    """Return a name as MLflow's filters take it, or None: they have no escapes, so that some cannot be written."""
    if "\\" in name:
        return None
    return next((f"{quote}{name}{quote}" for quote in "'\"" if quote not in name), None)


def _all_pages(page: Callable[[str | None], PagedList[Found]]) -> list[Found]:
    answer = page(None)
    found = list(answer)
    while answer.token:
        answer = page(answer.token)
        found += answer
    return found
