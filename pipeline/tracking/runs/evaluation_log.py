"""What an evaluation adds to its training's run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mlflow

from pipeline.tracking.metric_names import TEST
from pipeline.tracking.models.logged_model import logged_model_id
from pipeline.tracking.runs.descriptions import update_description


def log_evaluation(run_id: str, metrics: Mapping[str, Any], folder: Path) -> None:
    """Log the test metrics to the run and to its model, and the evaluation's files to the run.

    Args:
        run_id: the training's run.
        metrics: numbers by name; logged as `test/NAME`.
        folder: whose files go to the run's `evaluation/`: pictures, figures per class, predictions.
    """
    named = {f"{TEST}{name}": float(value) for name, value in metrics.items()}
    mlflow.log_metrics(named, run_id=run_id, model_id=logged_model_id(run_id))
    for file in sorted(folder.iterdir()):
        if not file.name.startswith("."):
            mlflow.log_artifact(str(file), "evaluation", run_id=run_id)
    update_description(run_id)
