"""What an evaluation adds to its training's run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mlflow

from pipeline.base.paths import EVALUATE_OUTPUTS, PREDICTIONS, TEST_METRICS
from pipeline.base.stage_files.stage_output import read_stage_output
from pipeline.tracking.metric_names import TEST, TEST_ACCURACY
from pipeline.tracking.models.logged_model import logged_model_id
from pipeline.tracking.runs.descriptions import update_description
from pipeline.tracking.runs.report_artifact import FOLDER, NAME, mark_report
from pipeline.tracking.runs.test_use import tag_test_use
from pipeline.tracking.runs.training_log import log_figures


def log_test_metrics(run_id: str, metrics: Mapping[str, Any]) -> None:
    """Log the test metrics to the run and to its model.

    Args:
        run_id: the training's run.
        metrics: numbers by name, logged as `test/NAME`; None for what is undefined, which is not logged.
    """
    named = {f"{TEST}{name}": float(value) for name, value in metrics.items() if value is not None}
    log_figures(run_id, named, logged_model_id(run_id))


def log_evaluation(run_id: str, folder: Path) -> None:
    """Log an evaluation's files to the run, and describe the run again.

    Args:
        run_id: the training's run.
        folder: whose files go to the run's `evaluation/`: the page, pictures, tables, predictions.
    """
    for file in sorted(folder.iterdir()):
        if not file.name.startswith("."):
            mlflow.log_artifact(str(file), FOLDER, run_id=run_id)
    if (folder / NAME).is_file():
        mark_report(run_id)
    update_description(run_id)


def complete_evaluation(run_id: str, root: Path, test_digest: str, model_digest: str) -> None:
    """Give a run the evaluation that the workspace has, if it lacks it, as a rebuilt run does.

    The files come first and the metrics last: where both are there, nothing was interrupted.

    Args:
        run_id: the training's run.
        root: the project's folder.
        test_digest: of the test images, by `test_use.test_digest`.
        model_digest: SHA-256 of the `.keras` file.

    Raises:
        PipelineError: evaluate has not run.
        MlflowException: the store cannot be asked.
    """
    metrics = read_stage_output(root / TEST_METRICS, "evaluate")
    if TEST_ACCURACY in mlflow.get_run(run_id).data.metrics and _has_predictions(run_id):
        return
    log_evaluation(run_id, root / EVALUATE_OUTPUTS)
    tag_test_use(run_id, test_digest, model_digest)
    log_test_metrics(run_id, metrics)
    update_description(run_id)


def _has_predictions(run_id: str) -> bool:
    wanted = f"{FOLDER}/{Path(PREDICTIONS).name}"
    return any(file.path == wanted for file in mlflow.MlflowClient().list_artifacts(run_id, FOLDER))
