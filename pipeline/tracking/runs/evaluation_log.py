"""What an evaluation adds to its training's run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mlflow

from pipeline.tracking.metric_names import TEST
from pipeline.tracking.models.logged_model import logged_model_id
from pipeline.tracking.runs.descriptions import update_description
from pipeline.tracking.runs.report_artifact import FOLDER, NAME, mark_report


def log_test_metrics(run_id: str, metrics: Mapping[str, Any]) -> None:
    """Log the test metrics to the run and to its model.

    Args:
        run_id: the training's run.
        metrics: numbers by name, logged as `test/NAME`; None for what is undefined, which is not logged.
    """
    named = {f"{TEST}{name}": float(value) for name, value in metrics.items() if value is not None}
    mlflow.log_metrics(named, run_id=run_id, model_id=logged_model_id(run_id))


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
