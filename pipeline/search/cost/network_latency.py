"""The time of an untrained network for one image, by the engine that runs it once it is trained."""

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.config.schema.model_schema import ModelConfig
from pipeline.inference.engine.engine_timing import time_one_image
from pipeline.runtime.engine.openvino_engine import OpenVinoEngine
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.model_spec import ModelSpec

ROUNDS = 30
STEPS = 100  # per epoch, of which an untrained network's predictions know nothing
UNREAD = {"name": "", "dropout": 0.0, "normalization_momentum": None, "auxiliary_heads": "none"}


def as_predicted(model: ModelConfig) -> ModelConfig:
    """Return the settings of a network, those that change no prediction's time replaced by fixed ones."""
    return model.model_copy(update=UNREAD)


def network_engine(model: ModelConfig, shape: Sequence[int], classes: int) -> OpenVinoEngine:
    """Return the engine of a network with random weights, as it is saved after a training.

    Args:
        model: the network.
        shape: (height, width, channels) of the images.
        classes: number of classes.
    """
    import keras

    from pipeline.training.memory import release_memory
    from pipeline.training.networks.build_network import build_network
    from pipeline.training.networks.inference_model import inference_model
    from pipeline.training.networks.openvino_file import save_openvino

    height, width, channels = shape
    spec = ModelSpec("", tuple(map(str, range(classes))), Preprocessing(height, width, channels, "stretch"))
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        built = build_network(model, shape, classes, STEPS)
        with tempfile.TemporaryDirectory() as folder:
            save_openvino(inference_model(built, built.get_weights(), model.views), Path(folder) / "network", spec, "")
            engine = OpenVinoEngine(Path(folder) / "network")
    finally:
        keras.config.set_dtype_policy(before)
        release_memory()
    return engine


def example_image(shape: Sequence[int]) -> NDArray[np.uint8]:
    """Return an image of noise, (1, height, width, channels)."""
    return np.random.default_rng(0).integers(0, 256, (1, *shape), np.uint8)


def network_latency_ms(model: ModelConfig, shape: Sequence[int], classes: int) -> float:
    """Return the time of a prediction for one image on this machine, in milliseconds.

    A process measures it once for all networks that differ in what changes no prediction's time, such as dropout.

    Args:
        model: the network.
        shape: (height, width, channels).
        classes: number of classes.
    """
    return _measured_ms(as_predicted(model).model_dump_json(), tuple(shape), classes)


@cache
def _measured_ms(model: str, shape: tuple[int, ...], classes: int) -> float:
    engine = network_engine(ModelConfig.model_validate_json(model), shape, classes)
    return 1000 * time_one_image([engine.probabilities], example_image(shape), ROUNDS)[0]
