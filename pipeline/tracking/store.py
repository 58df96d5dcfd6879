"""Which MLflow store, which experiment."""

import logging
import os
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.base.errors import PipelineError, StoreError, one_line
from pipeline.base.paths import main_root
from pipeline.base.sqlite_address import absolute_sqlite_uri, sqlite_file
from pipeline.config.schema.pipeline_schema import TrackingConfig
from pipeline.tracking.local_store import ARTIFACTS, STORE, create_local_store, local_uri
from pipeline.tracking.relocation import relocate

if TYPE_CHECKING:
    from mlflow.entities import Experiment

ENVIRONMENT = "MLFLOW_TRACKING_URI"
TIMEOUT = 5.0  # seconds in which a tracking server must answer


def tracking_uri(config: TrackingConfig, root: Path) -> str:
    """Return the store's URI: `tracking.uri`, else MLFLOW_TRACKING_URI, else that of the project's own store.

    A relative path of an SQLite file starts from the project's folder, wherever a command runs and also in the copies
    in which DVC runs queued experiments.
    """
    home = main_root(root)
    return absolute_sqlite_uri(config.uri or os.environ.get(ENVIRONMENT) or local_uri(home), home)


def own_store(config: TrackingConfig, root: Path) -> Path | None:
    """Return the SQLite file that is the configured store, if it is in the project's folder; else None.

    Args:
        config: store.
        root: the project's folder.
    """
    file = sqlite_file(tracking_uri(config, root))
    if file is None:
        return None
    place = file.parent.resolve() / file.name
    return place if place.is_relative_to(main_root(root)) else None


def open_store(config: TrackingConfig, root: Path) -> str:
    """Point MLflow at the configured store and experiment, creating what is missing; return the experiment's id.

    A local store's experiment keeps its artifacts in `root`/mlruns, stated explicitly: the default experiment
    takes its location from whoever opened the database first.

    Args:
        config: store and experiment.
        root: the project's folder.

    Raises:
        PipelineError: the server does not answer, the store is broken, or the experiment was deleted.
    """
    uri, home = tracking_uri(config, root), main_root(root)
    check_server(uri)
    if own := own_store(config, root):
        create_local_store(home, own)
        relocate(own, home / ARTIFACTS)
    with _connected(uri):
        artifacts = (home / ARTIFACTS / config.experiment).as_uri() if uri.startswith("sqlite:") else None
        experiment = _find_or_create(config.experiment, artifacts)
    if experiment.lifecycle_stage == "deleted":
        raise PipelineError(
            f"the MLflow experiment {config.experiment!r} in {uri} was deleted; restore it with "
            f"mlflow experiments restore --experiment-id {experiment.experiment_id}, or set tracking.experiment"
        )
    return str(experiment.experiment_id)


def find_experiments(config: TrackingConfig, root: Path) -> dict[str, str]:
    """Point MLflow at the configured store, creating nothing; return the ids of its experiments by name.

    Args:
        config: store.
        root: the project's folder.

    Raises:
        StoreError: the server does not answer, or the store is broken.
    """
    if not open_existing_store(config, root):
        return {}
    with _connected(tracking_uri(config, root)):
        import mlflow

        return {experiment.name: str(experiment.experiment_id) for experiment in mlflow.search_experiments()}


def open_existing_store(config: TrackingConfig, root: Path) -> bool:
    """Point MLflow at the configured store; return False where it is the project's own and does not exist yet.

    Args:
        config: store.
        root: the project's folder.

    Raises:
        StoreError: the server does not answer.
    """
    uri, home = tracking_uri(config, root), main_root(root)
    check_server(uri)
    if own := own_store(config, root):
        if not own.exists():
            return False
        relocate(own, home / ARTIFACTS)
    with _connected(uri):
        return True


@contextmanager
def _connected(uri: str) -> Iterator[None]:
    """Point MLflow at `uri`; word the errors of a store that cannot be used."""
    import mlflow
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    _silence_mlflow()
    try:
        mlflow.set_tracking_uri(uri)
        yield
    except MlflowException as error:
        raise StoreError(
            f"MLflow cannot use the store {uri} (tracking.uri or {ENVIRONMENT}): {one_line(error)}"
        ) from None
    except SQLAlchemyError as error:
        raise StoreError(
            f"MLflow cannot open {uri}: {one_line(error, 160)}; if {STORE} was left incomplete by an interrupted "
            f"process, move it away (mv {STORE} {STORE}.broken): what DVC keeps is logged again by dvc repro"
        ) from None


def check_server(uri: str) -> None:
    """Raise a `StoreError` if `uri` is a server that does not answer; MLflow itself retries for minutes."""
    if not uri.startswith(("http://", "https://")):
        return
    try:
        with urllib.request.urlopen(f"{uri.rstrip('/')}/health", timeout=TIMEOUT):
            return
    except urllib.error.HTTPError:
        return  # it answers; MLflow reports what it refuses
    except (OSError, ValueError) as error:
        raise StoreError(
            f"no MLflow server answers at {uri} ({error}); start it, or correct tracking.uri or {ENVIRONMENT}"
        ) from None


def _find_or_create(name: str, artifacts: str | None) -> "Experiment":
    import mlflow
    from mlflow.exceptions import MlflowException

    experiment = mlflow.get_experiment_by_name(name)
    if experiment is None:
        try:
            return mlflow.get_experiment(mlflow.create_experiment(name, artifact_location=artifacts))
        except MlflowException:
            experiment = mlflow.get_experiment_by_name(name)  # another process may have created it just now
            if experiment is None:
                raise
    return experiment


def _silence_mlflow() -> None:
    """Keep MLflow's and Alembic's messages about new databases off the terminal."""
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", module="mlflow")
