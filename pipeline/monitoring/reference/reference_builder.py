"""The reference of a model, measured on its prepared data when it is trained."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.data.dataset import Dataset
from pipeline.data.statistics.image_statistics import STATISTICS, read_statistics
from pipeline.data.statistics.reference_histogram import EDGES
from pipeline.monitoring.reference.embedding_space import EmbeddingSpace
from pipeline.monitoring.reference.image_reference import ImageReference
from pipeline.monitoring.reference.image_table import ImageTable, measured_table
from pipeline.runtime.engine.engine_interface import Engine

MOST_IMAGES = 1000  # of each split
BATCH = 32  # images


def build_reference(engine: Engine, dataset: Dataset, model_digest: str) -> ImageReference:
    """Return the reference of a trained network; the contents' digests decide which images it is measured on.

    Args:
        engine: that computes the network.
        dataset: on which it was trained.
        model_digest: SHA-256 of its `.keras` file, in hex.
    """
    held_out, training = (_sample(dataset.rows(split)) for split in ("validation", "train"))
    predicted = [_predicted(engine, dataset, rows) for rows in (held_out, training)]
    features = predicted[1][1]
    space = EmbeddingSpace.fit(features) if features.shape[1] else None
    first, second = (
        _table(dataset, rows, probabilities, space.places(vectors) if space else vectors)
        for rows, (probabilities, vectors) in zip((held_out, training), predicted, strict=True)
    )
    classes, sharpness = tuple(dataset.info.classes), _sharpness(dataset.folder)
    return ImageReference(model_digest, classes, first, second, sharpness, space)


def _sample(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the images with the smallest digests: as good as a random sample, and always the same."""
    return rows.sort_values(["digest", "position"]).head(MOST_IMAGES)


def _predicted(engine: Engine, dataset: Dataset, rows: pd.DataFrame) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return probabilities, (n, classes), and features, (n, features), of no columns where there are none."""
    positions = rows["position"].to_numpy(np.int64)
    parts = [
        probabilities_and_features(engine, dataset.shards.take(positions[start : start + BATCH]))
        for start in range(0, len(positions), BATCH)
    ]
    probabilities, features = zip(*parts, strict=True)
    return np.concatenate(probabilities), np.concatenate(features)


def probabilities_and_features(
    engine: Engine, pixels: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return class probabilities, (n, classes), and features, (n, features), of no columns where there are none.

    Args:
        engine: that computes the network.
        pixels: prepared images, uint8 (n, height, width, channels).
    """
    found = engine.features(pixels)
    return found if found is not None else (engine.probabilities(pixels), np.empty((len(pixels), 0), np.float32))


def _table(
    dataset: Dataset, rows: pd.DataFrame, probabilities: NDArray[np.float32], embedding: NDArray[np.float32]
) -> ImageTable:
    width, height = (rows[name].to_numpy(np.int64) for name in ("width", "height"))
    positions = rows["position"].to_numpy(np.int64)
    parts = []
    for start in range(0, len(rows), BATCH):  # the pixels of all would fill the memory
        part = slice(start, start + BATCH)
        pixels = dataset.shards.take(positions[part])
        parts.append(measured_table(width[part], height[part], pixels, probabilities[part], embedding[part]))
    return ImageTable.joined(parts)


def _sharpness(folder: Path) -> NDArray[np.int64]:
    """Return how many training images have a sharpness in each bin: it is measured on the originals, by prepare."""
    if not (folder / STATISTICS).is_file():
        return np.zeros(len(EDGES["sharpness"]) - 1, np.int64)
    return np.array(read_statistics(folder).measures["sharpness"].counts, np.int64)
