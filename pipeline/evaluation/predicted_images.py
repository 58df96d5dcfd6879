"""A saved network's predictions for prepared images."""

from pathlib import Path
from zipfile import is_zipfile

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.base.progress_bar import ProgressBar
from pipeline.base.stage_files.stage_output import cured_by, whole_output
from pipeline.config.schema.pipeline_schema import EvaluationConfig
from pipeline.data.dataset import Dataset
from pipeline.data.record import Split
from pipeline.data.shards import Shards
from pipeline.evaluation.predictions_table import predictions_table
from pipeline.inference.engine.keras_engine import KerasEngine
from pipeline.runtime.engine.engine_interface import Engine

SPLIT_ORDER: tuple[Split, ...] = ("test", "validation", "train")


def open_network(model_file: Path, dataset: Dataset) -> KerasEngine:
    """Return a saved network that takes the images of `dataset`.

    Args:
        model_file: a `.keras` file.
        dataset: prepared data.

    Raises:
        PipelineError: the model is missing, or was trained for other images or classes.
    """
    if not model_file.is_file():
        raise PipelineError(f"there is no trained model at {model_file}; make it with: dvc repro train")
    with whole_output(model_file, "train"):
        if not is_zipfile(model_file):
            raise ValueError("it is no ZIP archive")
    with cured_by("train"):
        engine = KerasEngine(model_file)
    network = engine.network
    needed, actual = (
        (*dataset.info.shape, len(dataset.info.classes)),
        (*network.input_shape[1:], network.output_shape[1]),
    )
    if needed != actual:
        raise PipelineError(
            f"{model_file} was trained for (height, width, channels, classes) {actual}, the data are {needed}; "
            f"train again with: dvc repro"
        )
    return engine


def predicted_images(
    engine: Engine, dataset: Dataset, manifest: pd.DataFrame, settings: EvaluationConfig
) -> pd.DataFrame:
    """Return the predictions table of all test and validation images, and of training images as far as configured.

    Args:
        engine: what computes the probabilities.
        dataset: prepared data.
        manifest: the final manifest, whose further columns the table gets.
        settings: number of training images, images per batch.
    """
    packed = manifest[manifest["position"] >= 0]
    parts = [packed[packed["split"] == split] for split in SPLIT_ORDER]
    parts[-1] = smallest_digests(parts[-1], settings.training_images)
    rows = pd.concat(parts)
    positions = rows["position"].to_numpy(np.int64)
    probabilities = image_probabilities(engine, dataset.shards, positions, settings.batch_size)
    return predictions_table(rows, probabilities, dataset.info.classes)


def smallest_digests(rows: pd.DataFrame, most: int | None) -> pd.DataFrame:
    """Return the rows of the images with the smallest digests, a sample that depends on contents alone, in their order.

    Args:
        rows: of a manifest or a predictions table.
        most: how many rows; None: all.
    """
    if most is None or most >= len(rows):
        return rows
    chosen = rows.sort_values(["digest", "position"]).index[:most]
    return rows[rows.index.isin(chosen)]


def image_probabilities(
    engine: Engine, shards: Shards, positions: NDArray[np.int64], batch_size: int
) -> NDArray[np.float32]:
    """Return class probabilities, (images, classes).

    Args:
        engine: what computes them.
        shards: the prepared images.
        positions: of the images in the shards.
        batch_size: images per batch.
    """
    parts = []
    with ProgressBar("prediction", len(positions), "images") as bar:
        for start in range(0, len(positions), batch_size):
            parts.append(engine.probabilities(shards.take(positions[start : start + batch_size])))
            bar.advance(len(parts[-1]))
    return np.concatenate(parts)
