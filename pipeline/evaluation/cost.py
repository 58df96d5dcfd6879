"""What a network costs: its size, and how fast it is on this machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.base.files import size_on_disk
from pipeline.inference.engine.engine_timing import time_engines
from pipeline.runtime.engine.cores import processor_name, usable_cores
from pipeline.runtime.engine.engine_interface import Engine


@dataclass(frozen=True)
class ModelCost:
    """The cost of a trained network.

    Attributes:
        parameters: numbers that it has learned.
        multiply_adds: multiplications with an addition for one image.
        keras_bytes: size of its `.keras` file.
        openvino_bytes: size of its files for OpenVINO.
        engine: what it was timed with, and the type in which that computes.
        threads: processor cores that the engine may use.
        processor: name of the processor.
        latency: seconds for one image alone, the median.
        rate: images per second in batches of 32.
    """

    parameters: int
    multiply_adds: int
    keras_bytes: int
    openvino_bytes: int
    engine: str
    threads: int
    processor: str
    latency: float
    rate: float


def measure_cost(
    engine: Engine, pixels: NDArray[np.uint8], training: Mapping[str, Any], keras_file: Path, openvino: Path
) -> ModelCost:
    """Return the cost of a network; timing it takes about a second.

    Args:
        engine: runs the network; all cores work on one call.
        pixels: a few images, uint8 (images, height, width, channels); repeated to fill a batch.
        training: metrics of the train stage, with `parameters` and `multiply_adds`.
        keras_file: the network for Keras.
        openvino: folder with the network for OpenVINO.
    """
    timing = time_engines([engine.probabilities], pixels, rounds=1)[0]
    return ModelCost(
        parameters=int(training["parameters"]),
        multiply_adds=int(training["multiply_adds"]),
        keras_bytes=size_on_disk(keras_file),
        openvino_bytes=size_on_disk(openvino),
        engine=engine.name,
        threads=usable_cores(),
        processor=processor_name(),
        latency=timing.latency,
        rate=timing.rate,
    )
