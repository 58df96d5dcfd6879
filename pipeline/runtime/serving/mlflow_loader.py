"""Where MLflow begins: the module that the file MLmodel names."""

from pathlib import Path

import numpy as np

from ..classifier import Classifier
from ..engine.openvino_engine import OpenVinoEngine
from .served_model import ServedModel

OPENVINO = "openvino"  # folder in the model's data


def _load_pyfunc(path: str) -> ServedModel:
    """Return the model, ready to answer.

    Args:
        path: folder of the model's data.
    """
    engine = OpenVinoEngine(Path(path) / OPENVINO)
    engine.probabilities(np.zeros((1, *engine.spec.preprocessing.shape), np.uint8))  # compile it now
    return ServedModel(Classifier(engine.spec.dataset, engine.spec, engine))
