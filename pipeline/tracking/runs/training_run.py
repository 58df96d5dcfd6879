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
from mlflow.exceptions import MlflowException

from pipeline.base.digests import SHORT
from pipeline.config.schema.pipeline_schema import Config
from pipeline.data.dataset import Dataset
from pipeline.tracking.experiment_page import describe_trainings
from pipeline.tracking.lineage import lineage_tags, run_params
from pipeline.tracking.metric_names import EPOCH
from pipeline.tracking.runs.descriptions import run_name
from pipeline.tracking.store import open_store

RUN_TAGS = "PIPELINE_RUN_TAGS"  # environment variable: more tags of a new run, as a JSON object
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

    def create(self, extra_tags: Mapping[str, str] | None = None) -> str:
        """Create the run with its parameters, tags, settings file and data; return its id."""
        info = self.dataset.info
        experiment = open_store(self.config.tracking, self.root)
        describe_trainings(experiment, info.name)
        name = run_name(self.config, datetime.datetime.now(), os.environ.get("DVC_EXP_NAME"))
        client = mlflow.MlflowClient()
        tags = {
            "mlflow.runName": name,
            **self.lineage(),
            **(extra_tags or {}),
            **json.loads(os.environ.get(RUN_TAGS, "{}")),
        }
        run_id = str(client.create_run(experiment, tags=tags).info.run_id)
        with mlflow.start_run(run_id=run_id):
            mlflow.log_params(run_params(self.config))
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
        if run_id is None:
            return None
        try:
            if mlflow.get_run(run_id).info.lifecycle_stage == "active":
                return run_id
        except MlflowException:
            pass
        query = f"tags.`{REBUILT_FROM}` = '{run_id}'"
        rebuilt = mlflow.search_runs([experiment], query, max_results=1, output_format="list")
        return str(rebuilt[0].info.run_id) if rebuilt else None


@contextmanager
def active_run(run_id: str, *, system_metrics: bool = False) -> Iterator[None]:
    """Make `run_id` the active run; it ends FINISHED, KILLED after Ctrl-C, or FAILED after any other error."""
    mlflow.set_system_metrics_sampling_interval(2)
    mlflow.start_run(run_id=run_id, log_system_metrics=system_metrics)
    status = "FAILED"
    try:
        yield
        status = "FINISHED"
    except KeyboardInterrupt:
        status = "KILLED"
        raise
    finally:
        mlflow.end_run(status)


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
