"""What only the network itself can tell: how it bears corrupted images, and what it costs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.base.paths import MODEL, OPENVINO
from pipeline.config.schema.pipeline_schema import EvaluationConfig
from pipeline.data.dataset import Dataset
from pipeline.data.shards import Shards
from pipeline.evaluation.cost import ModelCost, measure_cost
from pipeline.evaluation.predicted_images import smallest_digests
from pipeline.evaluation.robustness.robustness_scores import CorruptionScore, example_corruptions, measure_robustness
from pipeline.runtime.engine.engine_interface import Engine

TIMED = 8  # images that the engine is timed on


@dataclass(frozen=True)
class NetworkMeasures:
    """Measures of a network.

    Attributes:
        robustness: accuracy under corruptions, beginning with the images as they are; empty if it was left out.
        examples: one test image, uint8 (height, width, channels), by corruption and strength, ("none", 0) as it is.
        cost: size and speed.
    """

    robustness: Sequence[CorruptionScore]
    examples: Mapping[tuple[str, int], NDArray[np.uint8]]
    cost: ModelCost


def measure_network(
    engine: Engine,
    dataset: Dataset,
    test: pd.DataFrame,
    settings: EvaluationConfig,
    training: Mapping[str, Any],
    root: Path,
) -> NetworkMeasures:
    """Measure a network.

    Args:
        engine: the fastest that runs it on this machine.
        dataset: prepared data.
        test: rows of the predictions table.
        settings: number of images to corrupt, images per batch.
        training: metrics of the train stage.
        root: the project's folder.
    """
    shards = dataset.shards
    chosen = smallest_digests(test, settings.robustness_images)
    robustness: list[CorruptionScore] = []
    examples: dict[tuple[str, int], NDArray[np.uint8]] = {}
    if len(chosen):
        truth = pd.Categorical(chosen["label"], categories=dataset.info.classes).codes.astype(np.int32)
        robustness = measure_robustness(engine, _blocks(shards, chosen, settings.batch_size), truth)
        image = shards.take(_positions(_clear_example(chosen)))[0]
        examples = {("none", 0): image, **example_corruptions(image)}
    timed = shards.take(_positions(test.head(TIMED)))
    cost = measure_cost(engine, timed, training, root / MODEL, root / OPENVINO)
    return NetworkMeasures(robustness, examples, cost)


def _blocks(shards: Shards, rows: pd.DataFrame, size: int) -> Iterator[NDArray[np.uint8]]:
    positions = _positions(rows)
    for start in range(0, len(positions), size):
        yield shards.take(positions[start : start + size])


def _clear_example(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the row of the image that is classified best: what corruption does to it is easy to see."""
    return rows.sort_values(["loss", "digest"]).head(1)


def _positions(rows: pd.DataFrame) -> NDArray[np.int64]:
    return rows["position"].to_numpy(np.int64)
