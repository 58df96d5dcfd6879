"""The trainings that the store has, as rows that a person can compare."""

import datetime
from dataclasses import dataclass
from pathlib import Path

import mlflow

from pipeline.config.schema.pipeline_schema import Config
from pipeline.tracking.metric_names import MINUTES, SAVED_ACCURACY, TEST_ACCURACY
from pipeline.tracking.runs.descriptions import REGISTERED
from pipeline.tracking.store import open_store


@dataclass(frozen=True)
class RunRow:
    """A training.

    Attributes:
        began: in local time.
        experiment: name of the DVC experiment; empty for `dvc repro`.
        changed: what was set besides conf/.
        validation: validation accuracy of the saved epoch; None if there is none yet.
        test: test accuracy; None if it was not evaluated.
        minutes: of training; None if unknown.
        state: version if it was registered, otherwise the run's status in lower case.
    """

    began: datetime.datetime
    experiment: str
    changed: str
    validation: float | None
    test: float | None
    minutes: float | None
    state: str


def list_runs(config: Config, root: Path, most: int) -> list[RunRow]:
    """Return the newest trainings of the configured experiment, the newest first.

    Args:
        config: store and experiment.
        root: the project's folder.
        most: how many at most.

    Raises:
        PipelineError: the tracking server does not answer.
    """
    experiment = open_store(config.tracking, root)
    runs = mlflow.search_runs([experiment], order_by=["start_time DESC"], max_results=most, output_format="list")
    return [_row(run) for run in runs]


def _row(run: mlflow.entities.Run) -> RunRow:
    tags, metrics = run.data.tags, run.data.metrics
    overrides = tags.get("overrides", "none")
    version = tags.get(REGISTERED, "").rpartition(" version ")[2]
    return RunRow(
        began=datetime.datetime.fromtimestamp(run.info.start_time / 1000),
        experiment=tags.get("dvc.experiment", ""),
        changed="" if overrides == "none" else overrides,
        validation=metrics.get(SAVED_ACCURACY),
        test=metrics.get(TEST_ACCURACY),
        minutes=metrics.get(MINUTES),
        state=f"version {version}" if version else run.info.status.lower(),
    )
