"""What a finished training leaves in its run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mlflow

from pipeline.base.paths import CURVES, GOLDEN, HISTORY, MODEL, OPENVINO, REFERENCE
from pipeline.data.dataset import Dataset
from pipeline.data.golden_batch import read_golden
from pipeline.tracking.metric_names import MINUTES, SAVED_ACCURACY, SAVED_EPOCH, SAVED_LOSS
from pipeline.tracking.models.logged_model import log_model, logged_model_id
from pipeline.tracking.models.photo_flavor import (
    GOLDEN_FILE,
    KERAS_FILE,
    OPENVINO_FOLDER,
    REFERENCE_FILE,
    flavor_arguments,
)
from pipeline.tracking.models.trained_digest import trained_digest
from pipeline.tracking.running.half_uploads import remove_half_logged_models
from pipeline.tracking.runs.descriptions import update_description

LOGGED = {  # in the train stage's metrics, and in MLflow
    "parameters": "parameters",
    "multiply_adds": "multiply_adds",
    "best_epoch": SAVED_EPOCH,
    "val_accuracy": SAVED_ACCURACY,
    "val_loss": SAVED_LOSS,
    "minutes": MINUTES,
}


def log_training(root: Path, dataset: Dataset, run_id: str, metrics: Mapping[str, Any]) -> str:
    """Log the train stage's model, history and curves to the run; return the MLflow model's id.

    A model that the run has stays if it is the same; another one, of a training that began anew in this run, does not.

    Args:
        root: the project's folder.
        dataset: prepared data.
        run_id: the training's run.
        metrics: those of the train stage, and `minutes` of training (None if unknown).
    """
    import keras

    figures = {
        LOGGED[name]: round(float(value), 6) for name, value in metrics.items() if name in LOGGED and value is not None
    }
    log_figures(run_id, figures)
    for file in (HISTORY, CURVES):
        mlflow.log_artifact(str(root / file), run_id=run_id)
    update_description(run_id)
    if found := logged_model_id(run_id, trained_digest(root)):
        return found
    remove_half_logged_models(run_id)
    golden = read_golden(root / GOLDEN)
    facts = {"data_digest": dataset.info.digest, "run_id": run_id}
    files = {
        KERAS_FILE: root / MODEL,
        OPENVINO_FOLDER: root / OPENVINO,
        GOLDEN_FILE: root / GOLDEN,
        REFERENCE_FILE: root / REFERENCE,
    }
    if not files[REFERENCE_FILE].is_file():  # trained by a version that kept none
        del files[REFERENCE_FILE]
    network = keras.models.load_model(root / MODEL)
    model_id = log_model(run_id, flavor_arguments(network, dataset.info.model_spec, golden, facts, files))
    remove_half_logged_models(run_id)  # MLflow repeats a request whose answer was lost, and so creates another one
    return model_id


def log_figures(run_id: str, figures: Mapping[str, float], model_id: str | None = None) -> None:
    """Log figures that a run does not have yet: a stage that runs again leaves no second points.

    Args:
        run_id: of the run.
        figures: by name.
        model_id: of the run's MLflow model, which gets them too.
    """
    known = mlflow.get_run(run_id).data.metrics
    if new := {name: value for name, value in figures.items() if known.get(name) != value}:
        mlflow.log_metrics(new, run_id=run_id, model_id=model_id)
