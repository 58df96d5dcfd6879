"""What an export adds to the run of the model that was exported."""

from collections.abc import Iterable
from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException

from pipeline.base.errors import PipelineError, one_line
from pipeline.config.schema.pipeline_schema import TrackingConfig
from pipeline.tracking.store import open_existing_store

FOLDER = "export"  # of the run's artifacts


def log_export(registered: tuple[str, str], files: Iterable[Path], config: TrackingConfig, root: Path) -> str:
    """Log files to the run that trained a registered model; return the run's id.

    Args:
        registered: the model's name and version.
        files: go to the run's `export/`, in place of those of an earlier export.
        config: whose store the model is registered in.
        root: the project's folder.

    Raises:
        PipelineError: the version is not there, or the store does not take the files.
    """
    name, version = registered
    if not open_existing_store(config, root):
        raise PipelineError("the project has no MLflow store")
    try:
        run_id = str(mlflow.MlflowClient().get_model_version(name, version).run_id)
        for file in files:
            mlflow.log_artifact(str(file), FOLDER, run_id=run_id)
    except (MlflowException, OSError) as error:
        raise PipelineError(f"MLflow does not take the report of {name} version {version}: {one_line(error)}") from None
    return run_id
