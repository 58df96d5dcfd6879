"""LiteRT, formerly TensorFlow Lite."""

import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.base.tensorflow_import import held_stderr
from pipeline.exporting.formats.export_source import ExportSource
from pipeline.exporting.formats.format_interface import INT8, ExportEngine
from pipeline.runtime.engine.cores import usable_cores
from pipeline.runtime.engine.openvino_layout import INPUT, PROBABILITIES
from pipeline.runtime.model_spec import MEMBER

FILE = "model.tflite"


def write_litert(source: ExportSource, folder: Path, int8: bool) -> None:
    """Write model.tflite; the specification is a ZIP archive at its end, as TensorFlow Lite's metadata has it."""
    import tensorflow as tf

    function, images = source.function.get_concrete_function(), source.calibration
    with held_stderr():
        converter = tf.lite.TFLiteConverter.from_concrete_functions([function], source.module)
        if int8:
            assert images is not None
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = lambda: _one_by_one(images)
        (folder / FILE).write_bytes(converter.convert())
    with zipfile.ZipFile(folder / FILE, "a") as archive:
        archive.writestr(zipfile.ZipInfo(MEMBER), source.spec.to_json())


def litert_engines(folder: Path, int8: bool) -> list[ExportEngine]:
    """Return LiteRT's interpreter on the processor's cores."""
    with held_stderr():
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(str(folder / FILE), num_threads=usable_cores())
        interpreter.allocate_tensors()  # it says here that it runs on XNNPACK
        runner = interpreter.get_signature_runner()

    def predict(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.array(runner(**{INPUT: pixels})[PROBABILITIES])

    return [ExportEngine(f"LiteRT {version('ai-edge-litert')}", INT8 if int8 else "float32", predict)]


def _one_by_one(images: NDArray[np.uint8]) -> Iterator[list[NDArray[np.uint8]]]:
    return ([images[index : index + 1]] for index in range(len(images)))
