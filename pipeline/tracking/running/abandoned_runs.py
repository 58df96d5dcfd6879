"""Runs of the whole store that killed processes of this machine left RUNNING."""

from pathlib import Path

import mlflow

from pipeline.config.schema.pipeline_schema import TrackingConfig
from pipeline.tracking.running.run_process import close_abandoned, runs_left_running
from pipeline.tracking.store import find_experiments


def find_abandoned(config: TrackingConfig, root: Path) -> list[str]:
    """Return the ids of the runs that are RUNNING and whose process, on this machine, is gone.

    Args:
        config: store.
        root: the project's folder.

    Raises:
        StoreError: the store cannot be asked.
    """
    experiments = find_experiments(config, root)  # first: a client opens the store that MLflow points to
    client = mlflow.MlflowClient()
    return [str(run.info.run_id) for number in experiments.values() for run in runs_left_running(client, number)]


def close_all_abandoned(config: TrackingConfig, root: Path) -> None:
    """End those runs, as killed.

    Args:
        config: store.
        root: the project's folder.

    Raises:
        StoreError: the store cannot be asked.
    """
    for number in find_experiments(config, root).values():
        close_abandoned(mlflow.MlflowClient(), number)
