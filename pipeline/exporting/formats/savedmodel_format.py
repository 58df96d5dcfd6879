"""TensorFlow's SavedModel."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.base.tensorflow_import import held_stderr
from pipeline.exporting.formats.export_source import ExportSource
from pipeline.exporting.formats.format_interface import ExportEngine
from pipeline.runtime.engine.openvino_layout import PROBABILITIES

SIGNATURE = "serving_default"


def write_savedmodel(source: ExportSource, folder: Path, int8: bool) -> None:
    """Write a SavedModel with one signature, `serving_default`, from `images` to `probabilities`."""
    import tensorflow as tf

    assert not int8
    with held_stderr():
        signatures = {SIGNATURE: source.function.get_concrete_function()}
        tf.saved_model.save(tf.Module(), str(folder), signatures=signatures)


def savedmodel_engines(folder: Path, int8: bool) -> list[ExportEngine]:
    """Return TensorFlow."""
    import tensorflow as tf

    loaded = tf.saved_model.load(str(folder))

    def predict(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.array(loaded.signatures[SIGNATURE](images=tf.constant(pixels))[PROBABILITIES])

    return [ExportEngine(f"TensorFlow {tf.__version__}", "float32", predict)]
