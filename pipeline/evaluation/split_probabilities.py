"""A saved network's probabilities for the images of one split."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.base.progress_bar import ProgressBar
from pipeline.data.dataset import Dataset
from pipeline.data.loader import OrderedBatches
from pipeline.data.record import Split
from pipeline.inference.engine.keras_engine import KerasEngine
from pipeline.runtime.engine.engine_interface import Engine


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


def split_probabilities(engine: Engine, dataset: Dataset, split: Split, batch_size: int) -> NDArray[np.float32]:
    """Return class probabilities, (images, classes), in the order of the manifest's rows of `split`.

    Args:
        engine: what computes them.
        dataset: prepared data.
        split: whose images.
        batch_size: images per batch.
    """
    batches = OrderedBatches(dataset, split, batch_size)
    parts = []
    with ProgressBar("prediction", len(batches.positions), "images") as bar:
        for images, _ in batches.stream():
            parts.append(engine.probabilities(images.numpy()))
            bar.advance(len(parts[-1]))
    return np.concatenate(parts)
