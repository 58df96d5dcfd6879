"""What a finished training leaves in its run."""

from pathlib import Path
from typing import Any

import mlflow
import numpy as np

from pipeline.data.dataset import Dataset
from pipeline.tracking.models import log_model, logged_model

COSTS = ("parameters", "multiply_adds")
EXAMPLES = 4  # training images kept with the MLflow model to show how it is called


def log_training(
    model: Path, history: Path, curves: Path, dataset: Dataset, run_id: str, figures: dict[str, Any]
) -> str:
    """Log the model file, its history and its curves to the run; return the MLflow model's id.

    Args:
        model: a `.keras` file from raw uint8 images to class probabilities.
        history: the table of epochs.
        curves: the picture of it.
        dataset: the prepared data.
        run_id: the training's run.
        figures: the training's; of them, what its network costs is logged.
    """
    import keras

    mlflow.log_metrics({name: float(figures[name]) for name in COSTS if name in figures}, run_id=run_id)
    for file in (history, curves):
        mlflow.log_artifact(str(file), run_id=run_id)
    if found := logged_model(run_id):
        return found
    positions, _ = dataset.indices("train")
    example = dataset.shards.take(np.sort(positions[:EXAMPLES]))
    facts = {"data_digest": dataset.description.digest, "run_id": run_id}
    return log_model(keras.models.load_model(model), run_id, example, dataset.description.classes, facts)
