"""A training's MLflow run: opened once, continued by whatever comes after."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.exceptions import MlflowException

from pipeline.config.schema import Config
from pipeline.data.dataset import Dataset
from pipeline.tracking.lineage import lineage_tags, run_params
from pipeline.tracking.store import open_store

ORIGIN = "rebuilt.from"  # the tag of a run made again from what DVC keeps: the id of the first one
METRIC_NAMES = {"loss": "train/loss", "accuracy": "train/accuracy", "learning_rate": "train/learning_rate"}
METRIC_NAMES |= {"val_loss": "validation/loss", "val_accuracy": "validation/accuracy"}


@dataclass(frozen=True)
class Opened:
    """What a run is about: the settings, the project, the prepared data."""

    config: Config
    root: Path
    dataset: Dataset

    def create(self, extra_tags: Mapping[str, str] | None = None) -> str:
        """Create the run with its parameters, tags, settings file and data; return its id."""
        description = self.dataset.description
        experiment = open_store(self.config.tracking, self.root)
        name = os.environ.get("DVC_EXP_NAME") or f"{self.config.model.name}-{description.name}"
        tags = {"mlflow.runName": name, **self.lineage()}
        client = mlflow.MlflowClient()
        run_id = str(client.create_run(experiment, tags=tags | dict(extra_tags or {})).info.run_id)
        with mlflow.start_run(run_id=run_id):
            mlflow.log_params(run_params(self.config))
            mlflow.log_artifact(str(self.root / "params.yaml"))
            mlflow.log_dict({"classes": description.classes, "shape": description.shape}, "dataset.json")
            mlflow.log_input(_dataset_input(self.dataset), context="training")
        return run_id

    def lineage(self) -> dict[str, str]:
        """Return the tags that lead back to commit, settings and data as they are now."""
        return lineage_tags(self.config, self.root, self.dataset.description.digest)

    def find(self, run_id: str) -> str | None:
        """Return `run_id` if the store has that run, the run rebuilt from it if it has that, or None."""
        experiment = open_store(self.config.tracking, self.root)
        try:
            if mlflow.get_run(run_id).info.lifecycle_stage == "active":
                return run_id
        except MlflowException:
            pass
        rebuilt = mlflow.search_runs([experiment], f"tags.`{ORIGIN}` = '{run_id}'", max_results=1, output_format="list")
        return str(rebuilt[0].info.run_id) if rebuilt else None


@contextmanager
def active(run_id: str, *, system_metrics: bool = False) -> Iterator[None]:
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


def log_epochs(run_id: str, rows: Sequence[Mapping[str, float]]) -> None:
    """Log rows of the history, `epoch` as the step; epochs that the run already has are not logged twice."""
    client = mlflow.MlflowClient()
    known = {metric.step for metric in client.get_metric_history(run_id, "train/loss")}
    for row in rows:
        step = int(row["epoch"])
        if step not in known:
            metrics = {METRIC_NAMES[key]: value for key, value in row.items() if key in METRIC_NAMES}
            mlflow.log_metrics(metrics, step=step, run_id=run_id)


def _dataset_input(dataset: Dataset) -> Any:
    description = dataset.description
    shown: pd.DataFrame = dataset.manifest[["path", "label", "split", "width", "height", "position"]]
    return mlflow.data.from_pandas(
        shown, source=str(dataset.folder), name=description.name, digest=description.digest[:16], targets="label"
    )
