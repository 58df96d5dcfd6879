"""A training's MLflow run: created once, continued by later stages."""

import datetime
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.entities import RunTag
from mlflow.exceptions import MlflowException

from pipeline.base.digests import SHORT
from pipeline.config.schema.pipeline_schema import Config
from pipeline.data.dataset import Dataset
from pipeline.tracking.experiment_page import describe_trainings
from pipeline.tracking.lineage import lineage_tags, run_params
from pipeline.tracking.metric_names import EPOCH
from pipeline.tracking.running.half_uploads import remove_half_uploads
from pipeline.tracking.running.run_process import close_abandoned, create_run, is_abandoned, resume_run
from pipeline.tracking.runs.descriptions import run_name
from pipeline.tracking.server.store_failures import failure_types, is_outage, store_errors
from pipeline.tracking.store import open_store, tracking_uri

RUN_TAGS = "PIPELINE_RUN_TAGS"  # environment variable: more tags of a new run, as a JSON object
KEY = "training.key"  # tag: digest of everything that determines the training's result
REBUILT_FROM = "rebuilt.from"  # tag of a run that was rebuilt from what DVC keeps: the id of the original run


@dataclass(frozen=True)
class TrainingRun:
    """What a training's run is about.

    Attributes:
        config: the settings.
        root: the project's folder.
        dataset: prepared data.
    """

    config: Config
    root: Path
    dataset: Dataset

    def create(self, extra_tags: Mapping[str, str] | None = None, key: str | None = None) -> str:
        """Create the run with its parameters, tags, settings file and data; return its id.

        If a process was killed after it created a run with this key and before it noted that, its run is taken.

        Args:
            extra_tags: besides the lineage.
            key: of the training, which becomes a tag; None for a run that is rebuilt.

        Raises:
            StoreError: the store does not answer, or fails.
        """
        info = self.dataset.info
        experiment = open_store(self.config.tracking, self.root)
        with store_errors(self.uri):
            describe_trainings(experiment, info.name)
            tags = {
                "mlflow.runName": run_name(self.config, datetime.datetime.now(), os.environ.get("DVC_EXP_NAME")),
                **self.lineage(),
                **(extra_tags or {}),
                **json.loads(os.environ.get(RUN_TAGS, "{}")),
                **({KEY: key} if key else {}),
            }
            client, params = mlflow.MlflowClient(), run_params(self.config)
            run_id = key and self._orphan(client, experiment, key, params)
            if run_id:
                client.log_batch(run_id, tags=[RunTag(name, value) for name, value in tags.items()])
                resume_run(client, run_id)
            else:
                run_id = create_run(client, experiment, tags)
            with active_run(run_id, "RUNNING"):
                mlflow.log_params(params)
                mlflow.log_artifact(str(self.root / "params.yaml"))
                mlflow.log_dict({"classes": info.classes, "shape": info.shape}, "dataset.json")
                mlflow.log_input(_dataset_input(self.dataset), context="training")
        return run_id

    def lineage(self) -> dict[str, str]:
        """Return the tags that lead back to commit, settings and data as they are now."""
        return lineage_tags(self.config, self.root, self.dataset.info.digest)

    def find(self, run_id: str | None) -> str | None:
        """Return `run_id` if the store has that run, else the run that was rebuilt from it, else None."""
        experiment = open_store(self.config.tracking, self.root)
        with store_errors(self.uri):
            close_abandoned(mlflow.MlflowClient(), experiment)
            if run_id is None:
                return None
            with _missing_is_none():
                info = mlflow.get_run(run_id).info
                if info.lifecycle_stage == "active":
                    remove_half_uploads(info.artifact_uri)
                    return run_id
            query = f"tags.`{REBUILT_FROM}` = '{run_id}'"
            rebuilt = mlflow.search_runs([experiment], query, max_results=1, output_format="list")
            return str(rebuilt[0].info.run_id) if rebuilt else None

    @property
    def uri(self) -> str:
        """Address of the store."""
        return tracking_uri(self.config.tracking, self.root)

    def _orphan(self, client: mlflow.MlflowClient, experiment: str, key: str, params: Mapping[str, Any]) -> str | None:
        """Return the run that a killed process created for this training, and that has no epoch yet."""
        for run in client.search_runs([experiment], f"tags.`{KEY}` = '{key}' and attributes.status != 'FINISHED'"):
            same = all(str(params.get(name)) == value for name, value in run.data.params.items())
            if same and is_abandoned(run) and EPOCH["loss"] not in run.data.metrics:
                return str(run.info.run_id)
        return None


@contextmanager
def active_run(run_id: str, done: str = "FINISHED") -> Iterator[None]:
    """Make `run_id` the active run; it ends KILLED if it is stopped, FAILED after any other error, else as `done`."""
    resume_run(mlflow.MlflowClient(), run_id)
    mlflow.start_run(run_id=run_id, log_system_metrics=False)
    status = "FAILED"
    try:
        yield
        status = done
    except KeyboardInterrupt:
        status = "KILLED"
        raise
    finally:
        _end(status)


def _end(status: str) -> None:
    """End the active run; the error of what it was for is not replaced by one about a store that does not answer."""
    try:
        mlflow.end_run(status)
    except failure_types():
        if status not in ("FAILED", "KILLED"):
            raise


@contextmanager
def _missing_is_none() -> Iterator[None]:
    try:
        yield
    except MlflowException as error:
        if is_outage(error):
            raise


def log_epochs(run_id: str, history: Sequence[Mapping[str, float]]) -> None:
    """Log the metrics of epochs, `epoch` as the step; epochs that the run already has are not logged twice."""
    client = mlflow.MlflowClient()
    known = {metric.step for metric in client.get_metric_history(run_id, EPOCH["loss"])}
    for row in history:
        step = int(row["epoch"])
        if step not in known:
            metrics = {EPOCH[key]: value for key, value in row.items() if key in EPOCH}
            mlflow.log_metrics(metrics, step=step, run_id=run_id)


def _dataset_input(dataset: Dataset) -> Any:
    info = dataset.info
    shown: pd.DataFrame = dataset.manifest[["path", "label", "split", "width", "height", "position"]]
    return mlflow.data.from_pandas(
        shown, source=str(dataset.folder), name=info.name, digest=info.digest[:SHORT], targets="label"
    )
