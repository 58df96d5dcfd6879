"""Which MLflow store, which experiment."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.base.addresses.credentials import masked, without_password
from pipeline.base.addresses.sqlite_address import absolute_sqlite_uri, sqlite_file
from pipeline.base.errors import PipelineError
from pipeline.base.paths import main_root
from pipeline.config.schema.pipeline_schema import TrackingConfig
from pipeline.tracking.local_store import ARTIFACTS, create_local_store, local_uri
from pipeline.tracking.relocation import relocate
from pipeline.tracking.server.first_answer import first_answer
from pipeline.tracking.server.mlflow_internals import configure_mlflow
from pipeline.tracking.server.store_failures import ENVIRONMENT, is_server
from pipeline.tracking.server.waiting_lines import report_retries

if TYPE_CHECKING:
    from mlflow.entities import Experiment


def tracking_uri(config: TrackingConfig, root: Path) -> str:
    """Return the store's URI: `tracking.uri`, else MLFLOW_TRACKING_URI, else that of the project's own store.

    A relative path of an SQLite file starts from the project's folder, wherever a command runs and also in the copies
    in which DVC runs queued experiments. A password in MLFLOW_TRACKING_URI moves to the variables that hold one.
    """
    home = main_root(root)
    if address := os.environ.get(ENVIRONMENT):
        os.environ[ENVIRONMENT] = without_password(address)
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
    if own := own_store(config, root):
        create_local_store(home, own)
        relocate(own, home / ARTIFACTS)
    _connect(uri)
    artifacts = (home / ARTIFACTS / config.experiment).as_uri() if uri.startswith("sqlite:") else None
    experiment = first_answer(uri, lambda: _find_or_create(config.experiment, artifacts))
    if experiment.lifecycle_stage == "deleted":
        raise PipelineError(
            f"the MLflow experiment {config.experiment!r} in {masked(uri)} was deleted; restore it with "
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
    import mlflow

    experiments = first_answer(tracking_uri(config, root), mlflow.search_experiments)
    return {experiment.name: str(experiment.experiment_id) for experiment in experiments}


def open_existing_store(config: TrackingConfig, root: Path) -> bool:
    """Point MLflow at the configured store; return False where it is the project's own and does not exist yet.

    Args:
        config: store.
        root: the project's folder.

    Raises:
        StoreError: the server does not answer.
    """
    uri, home = tracking_uri(config, root), main_root(root)
    if own := own_store(config, root):
        if not own.exists():
            return False
        relocate(own, home / ARTIFACTS)
    check_server(uri)
    return True


def ask_server(config: TrackingConfig, root: Path) -> None:
    """Ask the store something, if it is a server: work of minutes should not end with one that does not answer.

    Args:
        config: store.
        root: the project's folder.

    Raises:
        StoreError: the server does not answer.
    """
    uri = tracking_uri(config, root)
    if is_server(uri):
        check_server(uri)


def check_server(uri: str) -> None:
    """Point MLflow at the store and ask it something.

    Raises:
        StoreError: it is a server that does not answer, or the store is broken.
    """
    import mlflow

    _connect(uri)
    first_answer(uri, lambda: mlflow.search_experiments(max_results=1))


def _connect(uri: str) -> None:
    """Point MLflow at `uri`."""
    import mlflow

    configure_mlflow()
    report_retries(uri)
    mlflow.set_tracking_uri(uri)


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
