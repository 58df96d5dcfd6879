"""Which MLflow store, which experiment."""

import logging
import os
import urllib.error
import urllib.request
import warnings
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.base.paths import home
from pipeline.config.schema import TrackingConfig

ENVIRONMENT = "MLFLOW_TRACKING_URI"
PATIENCE = 5.0  # seconds a tracking server has to say that it is up


def tracking_uri(config: TrackingConfig, root: Path) -> str:
    """Return the store: `tracking.uri`, else MLFLOW_TRACKING_URI, else what a flagless `mlflow ui` in `root` opens."""
    return config.uri or os.environ.get(ENVIRONMENT) or f"sqlite:///{home(root) / 'mlflow.db'}"


def open_store(config: TrackingConfig, root: Path) -> str:
    """Point MLflow at the configured store and experiment; return the experiment's id.

    A local store's experiment keeps its artifacts in `root`/mlruns, said explicitly: the default experiment
    takes its location from whoever touched the database first.

    Raises:
        PipelineError: the server does not answer, or the experiment was deleted.
    """
    uri = tracking_uri(config, root)
    refuse_silent_server(uri)
    _quiet()
    import mlflow
    from mlflow.exceptions import MlflowException

    try:
        mlflow.set_tracking_uri(uri)
        found = mlflow.get_experiment_by_name(config.experiment)
        if found is None:
            local = (home(root) / "mlruns" / config.experiment).as_uri() if uri.startswith("sqlite:") else None
            return str(mlflow.create_experiment(config.experiment, artifact_location=local))
    except MlflowException as error:
        told = " ".join(str(error).split())[:300]
        raise PipelineError(f"MLflow cannot use the store {uri} (tracking.uri or {ENVIRONMENT}): {told}") from None
    if found.lifecycle_stage == "deleted":
        raise PipelineError(
            f"the MLflow experiment {config.experiment!r} in {uri} was deleted; bring it back with "
            f"mlflow experiments restore --experiment-id {found.experiment_id}, or set tracking.experiment"
        )
    return str(found.experiment_id)


def refuse_silent_server(uri: str) -> None:
    """Raise a `PipelineError` if `uri` is a server that does not answer; MLflow itself retries for minutes."""
    if not uri.startswith(("http://", "https://")):
        return
    try:
        with urllib.request.urlopen(f"{uri.rstrip('/')}/health", timeout=PATIENCE):
            return
    except urllib.error.HTTPError:
        return  # it answers; what it refuses is told by MLflow
    except (OSError, ValueError) as error:
        raise PipelineError(
            f"no MLflow server answers at {uri} ({error}); start it, or correct tracking.uri or {ENVIRONMENT}"
        ) from None


def _quiet() -> None:
    """Keep MLflow's and Alembic's chatter about new databases off the terminal."""
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", module="mlflow")
