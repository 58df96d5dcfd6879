"""The network to export, and what several formats are made from: its TensorFlow function and its ONNX graph."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.runtime.engine.openvino_layout import PROBABILITIES
from pipeline.runtime.model_spec import ModelSpec

if TYPE_CHECKING:
    import keras


@dataclass
class ExportSource:
    """A trained network.

    Attributes:
        network: from uint8 images to class probabilities, under Keras's TensorFlow backend.
        spec: class names and preprocessing.
        digest: SHA-256 of its `.keras` file.
        scratch: a folder for files that are needed meanwhile.
        calibration: training images for int8, uint8 (images, height, width, channels); None: float formats only.
    """

    network: "keras.Model"
    spec: ModelSpec
    digest: str
    scratch: Path
    calibration: NDArray[np.uint8] | None = None

    @cached_property
    def function(self) -> Any:
        """The network as a `tf.function` of constants, from `images` to a dictionary with `probabilities`."""
        from pipeline.training.networks.frozen_graph import frozen_call, traced

        call = frozen_call(self.network)
        return traced(lambda images: {PROBABILITIES: call(images)[0]}, self.network)

    @cached_property
    def module(self) -> Any:
        """The function inside a `tf.Module`, which is what TensorFlow saves and converts."""
        import tensorflow as tf

        module = tf.Module()
        module.serve = self.function
        return module

    @cached_property
    def onnx(self) -> Path:
        """Its ONNX graph in float32."""
        from pipeline.exporting.formats.onnx_conversion import convert_to_onnx

        file = self.scratch / "float.onnx"
        convert_to_onnx(self.function.get_concrete_function(), file)
        return file

    @cached_property
    def int8_onnx(self) -> Path:
        """Its ONNX graph quantized to int8."""
        from pipeline.exporting.formats.onnx_conversion import quantize_onnx

        assert self.calibration is not None
        file = self.scratch / "int8.onnx"
        quantize_onnx(self.onnx, self.calibration, file)
        return file
