"""A run whose model was evaluated, found by its id or by a registered version."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import yaml
from mlflow.exceptions import MlflowException

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.paths import PARAMS
from pipeline.base.printable import printable
from pipeline.config.schema.pipeline_schema import TrackingConfig
from pipeline.tracking.store import open_existing_store

REGISTRY = "models:/"
RUN_ID = re.compile(r"[0-9a-f]{6,32}")
ID_LENGTH = 32
PREDICTIONS = "evaluation/predictions.parquet"
NAMED = 3  # runs in a message


@dataclass(frozen=True)
class EvaluatedRun:
    """A run of a training.

    Attributes:
        run_id: 32 hex digits.
        title: what to call it, such as `digits version 3 (MLflow run 1a2b3c4d)`.
        tags: of the run.
    """

    run_id: str
    title: str
    tags: Mapping[str, str]


def find_run(text: str, config: TrackingConfig, root: Path) -> EvaluatedRun | None:
    """Return the run that a text names, or None if it is no run's id and no beginning of one.

    Args:
        text: a run's id, its first digits (6 at least), `models:/NAME/VERSION` or `models:/NAME@ALIAS`.
        config: whose store is looked into.
        root: the project's folder.

    Raises:
        PipelineError: several runs' ids begin like this, or there is no such version.
        StoreError: the tracking server does not answer, or the store is broken.
    """
    registered = text.startswith(REGISTRY)
    if not registered and not RUN_ID.fullmatch(text):
        return None
    there = open_existing_store(config, root)
    if registered:
        if not there:
            raise PipelineError(f"there is no model at {printable(text)}: nothing has been tracked here yet")
        return _of_version(text)
    return _with_id(text) if there else None


def _of_version(text: str) -> EvaluatedRun:
    client, name = mlflow.MlflowClient(), text.removeprefix(REGISTRY)
    model, at, alias = name.rpartition("@")
    if not at:
        model, _, number = name.rpartition("/")
    try:
        version = client.get_model_version_by_alias(model, alias) if at else client.get_model_version(model, number)
        run = mlflow.get_run(version.run_id)
    except MlflowException as error:
        raise PipelineError(f"MLflow has no model at {printable(text)}: {one_line(error)}") from None
    return EvaluatedRun(run.info.run_id, f"{model} version {version.version} ({_title(run)})", run.data.tags)


def _with_id(start: str) -> EvaluatedRun | None:
    if len(start) == ID_LENGTH:
        try:
            runs = [mlflow.get_run(start)]
        except MlflowException:
            return None
    else:
        experiments = [one.experiment_id for one in mlflow.search_experiments()]
        query = f"attributes.run_id LIKE '{start}%'"
        runs = list(mlflow.search_runs(experiments, query, output_format="list", max_results=NAMED + 1))
    if len(runs) > 1:
        raise PipelineError(
            f"{start!r} begins the id of several runs: {', '.join(_title(run) for run in runs[:NAMED])}"
        )
    return EvaluatedRun(runs[0].info.run_id, _title(runs[0]), runs[0].data.tags) if runs else None


def _title(run: "mlflow.entities.Run") -> str:
    return f"MLflow run {run.info.run_id[:8]}" + (f", {run.info.run_name}" if run.info.run_name else "")


@contextmanager
def logged_predictions(run: EvaluatedRun) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield a copy of the run's predictions table, and the values of its params.yaml (empty if it has none).

    Raises:
        PipelineError: the run has no predictions, or they cannot be downloaded.
    """
    with tempfile.TemporaryDirectory(prefix="run-") as folder:
        try:
            file = mlflow.artifacts.download_artifacts(run_id=run.run_id, artifact_path=PREDICTIONS, dst_path=folder)
        except (MlflowException, OSError):
            raise PipelineError(
                f"{printable(run.title)} has no {PREDICTIONS}; it was not evaluated, or its files are gone"
            ) from None
        yield Path(file), _params(run.run_id, folder)


def _params(run_id: str, folder: str) -> dict[str, Any]:
    try:
        file = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path=PARAMS, dst_path=folder)
        values = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    except (MlflowException, OSError, yaml.YAMLError, UnicodeDecodeError):
        return {}
    return values if isinstance(values, dict) else {}
