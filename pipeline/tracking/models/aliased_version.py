"""The version in use: the one that the champion's alias points to, else the candidate's."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipeline.base.errors import StoreError, one_line
from pipeline.config.schema.pipeline_schema import TrackingConfig
from pipeline.tracking.store import open_existing_store, own_store

DIGEST = "model.digest"  # as in registry/version_search.py, which imports MLflow
ABSENT = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")  # MLflow's codes: no such model, no such alias
QUERY = """
SELECT a.version, t.value FROM registered_model_aliases a
LEFT JOIN model_version_tags t ON t.name = a.name AND t.version = a.version AND t.key = ?
WHERE a.name = ? AND a.alias = ?
"""


@dataclass(frozen=True)
class AliasedVersion:
    """A registered version.

    Attributes:
        name: of the registered model.
        alias: that points to the version.
        number: of the version.
        model_digest: SHA-256 of its `.keras` file; '' if unknown.
    """

    name: str
    alias: str
    number: int
    model_digest: str


def version_in_use(config: TrackingConfig, root: Path) -> AliasedVersion | None:
    """Return the version of the project's registered model that is in use; None if there is none.

    The project's own store is asked by a query: importing MLflow and opening the store with it takes seconds. Where
    the query fails, such as with a store of another version of MLflow, MLflow is asked.

    Args:
        config: store, registered model and aliases.
        root: the project's folder.

    Raises:
        StoreError: the store cannot be asked.
    """
    own, aliases = own_store(config, root), (config.champion_alias, config.alias)
    if own is not None and own.exists():
        try:
            return _by_query(own, config.registered_model, aliases)
        except sqlite3.Error:
            pass
    return _by_mlflow(config.registered_model, aliases) if open_existing_store(config, root) else None


def _by_query(store: Path, name: str, aliases: Sequence[str]) -> AliasedVersion | None:
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as database:
        for alias in aliases:
            row = database.execute(QUERY, (DIGEST, name, alias)).fetchone()
            if row is not None:
                return AliasedVersion(name, alias, int(row[0]), row[1] or "")
    return None


def _by_mlflow(name: str, aliases: Sequence[str]) -> AliasedVersion | None:
    import mlflow
    from mlflow.exceptions import MlflowException

    client = mlflow.MlflowClient()
    for alias in aliases:
        try:
            version = client.get_model_version_by_alias(name, alias)
        except MlflowException as error:
            if error.error_code not in ABSENT:
                raise StoreError(f"MLflow cannot say which version {name}@{alias} is: {one_line(error)}") from None
        else:
            return AliasedVersion(name, alias, int(version.version), version.tags.get(DIGEST, ""))
    return None
