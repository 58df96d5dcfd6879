"""The registry of the project's MLflow store: opened, and asked for models and versions by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow
from mlflow.entities.model_registry import ModelVersion, RegisteredModel
from mlflow.exceptions import MlflowException

from pipeline.base.errors import PipelineError, did_you_mean, nearest
from pipeline.base.printable import printable
from pipeline.config.schema.pipeline_schema import TrackingConfig
from pipeline.lifecycle.model_name import ModelName
from pipeline.registry.version_search import registered_models, versions_of
from pipeline.tracking.server.store_failures import store_errors
from pipeline.tracking.store import open_existing_store, tracking_uri

NAMED = 8  # names in a message


@contextmanager
def registry(config: TrackingConfig, root: Path) -> Iterator[mlflow.MlflowClient]:
    """Yield a client of the configured store's registry; a store that fails in the block is one sentence.

    Args:
        config: store.
        root: the project's folder.

    Raises:
        StoreError: the server does not answer, or the store fails.
        PipelineError: there is no store yet.
    """
    if not open_existing_store(config, root):
        raise PipelineError(
            "there is no MLflow store here yet; dvc repro makes it, or, where a result is here already, "
            "python -m pipeline.models sync"
        )
    with store_errors(tracking_uri(config, root)):
        yield mlflow.MlflowClient()


def find_registered_model(client: mlflow.MlflowClient, name: str) -> RegisteredModel:
    """Return a registered model.

    Raises:
        PipelineError: there is none of this name; the sentence says which there are.
    """
    known = known_model(client, name)
    if known is not None:
        return known
    names = [model.name for model in registered_models(client)]
    if not names:
        raise PipelineError(f"no model is registered as {printable(name)!r}; the registry is empty")
    listed = ", ".join(printable(one) for one in names[:NAMED]) + (", …" if len(names) > NAMED else "")
    raise PipelineError(
        f"no model is registered as {printable(name)!r}{did_you_mean(nearest(name, names))}; there are: {listed}"
    )


def known_model(client: mlflow.MlflowClient, name: str) -> RegisteredModel | None:
    """Return a registered model, or None if there is none of this name."""
    try:
        return client.get_registered_model(name)
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return None
        raise


def find_version(client: mlflow.MlflowClient, name: ModelName, aliases: tuple[str, ...] = ()) -> ModelVersion:
    """Return the version that a name means.

    Args:
        client: of the registry.
        name: of the model; if it names no version, the first of `aliases` that is set is meant, else the newest.
        aliases: champion and candidate.

    Raises:
        PipelineError: there is no such model, alias or version; the sentence says which there are.
    """
    model = find_registered_model(client, name.name)
    number = name.number
    if name.alias is not None:
        if name.alias not in model.aliases:
            raise PipelineError(f"{name.name} has no alias {name.alias!r}{_existing(sorted(model.aliases))}")
        number = int(model.aliases[name.alias])
    numbers = version_numbers(client, name.name)
    if number is None:
        number = next(
            (int(model.aliases[alias]) for alias in aliases if alias in model.aliases), max(numbers, default=0)
        )
    if number not in numbers:
        raise PipelineError(f"{name.name} has no version {number}{_existing([str(one) for one in numbers])}")
    return client.get_model_version(name.name, str(number))


def version_numbers(client: mlflow.MlflowClient, name: str) -> list[int]:
    """Return the numbers of a registered model's versions, ascending."""
    return [int(version.version) for version in versions_of(client, name)]


def aliases_of(model: RegisteredModel, version: ModelVersion) -> list[str]:
    """Return the aliases that point to a version of a registered model, in alphabetical order."""
    return sorted(alias for alias, number in model.aliases.items() if int(number) == int(version.version))


def _existing(names: list[str]) -> str:
    if not names:
        return "; it has none"
    return "; there are: " + ", ".join(names[-NAMED:]) + (" and earlier ones" if len(names) > NAMED else "")
