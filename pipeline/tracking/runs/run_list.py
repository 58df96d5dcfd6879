"""The training runs of the store, as rows that a person can compare."""

import datetime
from dataclasses import dataclass
from pathlib import Path

import mlflow

from pipeline.base.errors import PipelineError
from pipeline.config.schema.pipeline_schema import TrackingConfig
from pipeline.tracking.metric_names import MEAN_TEST_ACCURACY, MINUTES, SAVED_ACCURACY, TEST_ACCURACY
from pipeline.tracking.runs.descriptions import REGISTERED
from pipeline.tracking.store import find_experiments


@dataclass(frozen=True)
class RunRow:
    """A training run.

    Attributes:
        run_id: 32 hex digits.
        began: in local time.
        experiment: name of the DVC experiment, or of the cross-validation; empty for `dvc repro`.
        changed: what was set besides conf/.
        validation: validation accuracy of the saved epoch; None if there is none yet.
        test: test accuracy, of a cross-validation the mean; None if it was not evaluated.
        minutes: of training; None if unknown.
        state: version if it was registered, otherwise the run's status in lower case.
    """

    run_id: str
    began: datetime.datetime
    experiment: str
    changed: str
    validation: float | None
    test: float | None
    minutes: float | None
    state: str


def list_runs(config: TrackingConfig, root: Path, most: int, experiment: str | None = None) -> list[RunRow]:
    """Return the newest training runs of an MLflow experiment, the newest first.

    Args:
        config: store, and the experiment if none is named.
        root: the project's folder.
        most: how many at most.
        experiment: name in MLflow; None for the configured one.

    Raises:
        PipelineError: the tracking server does not answer, or the named experiment does not exist.
    """
    known = find_experiments(config, root)
    if experiment and experiment not in known:
        raise PipelineError(f"no MLflow experiment {experiment!r}; there are: {', '.join(sorted(known)) or 'none'}")
    identity = known.get(experiment or config.experiment)
    if identity is None:
        return []
    runs = mlflow.search_runs([identity], order_by=["start_time DESC"], max_results=most, output_format="list")
    return [_row(run) for run in runs]


def _row(run: mlflow.entities.Run) -> RunRow:
    tags, metrics = run.data.tags, run.data.metrics
    overrides = tags.get("overrides", "none")
    version = tags.get(REGISTERED, "").rpartition(" version ")[2]
    return RunRow(
        run_id=run.info.run_id,
        began=datetime.datetime.fromtimestamp(run.info.start_time / 1000),
        experiment=tags.get("dvc.experiment", "") or tags.get("crossval.name", ""),
        changed="" if overrides == "none" else overrides,
        validation=metrics.get(SAVED_ACCURACY),
        test=metrics.get(TEST_ACCURACY, metrics.get(MEAN_TEST_ACCURACY)),
        minutes=metrics.get(MINUTES),
        state=f"version {version}" if version else run.info.status.lower(),
    )
