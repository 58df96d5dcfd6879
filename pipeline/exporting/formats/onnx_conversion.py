"""From a TensorFlow function to ONNX, and from there to int8."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.base.tensorflow_import import held_stderr
from pipeline.runtime.engine.openvino_layout import INPUT, PROBABILITIES

OPSET = 17  # read by engines since 2022; per-channel int8 needs 13
CALIBRATION_BATCH = 16  # images
# Everything else stays in float32: response normalization's sums of squares do not fit into 8 bits.
QUANTIZED = ["Conv", "MatMul", "Gemm", "MaxPool", "AveragePool", "Concat"]


def convert_to_onnx(function: Any, file: Path) -> None:
    """Write a concrete function of constants, from `images` to `probabilities`, as an ONNX graph in float32.

    Args:
        function: a TensorFlow ConcreteFunction.
        file: to write.
    """
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    with held_stderr():
        import onnx
        import tf2onnx

        names = {function.inputs[0].name: INPUT, function.outputs[0].name: PROBABILITIES}
        entering, leaving = ([tensor.name] for tensor in (function.inputs[0], function.outputs[0]))
        model, _ = tf2onnx.convert.from_graph_def(
            function.graph.as_graph_def(), input_names=entering, output_names=leaving, opset=OPSET,
            tensors_to_rename=names,
        )  # fmt: skip
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    onnx.save(model, file)


def quantize_onnx(source: Path, images: NDArray[np.uint8], file: Path) -> None:
    """Write an ONNX graph in int8: static quantization, with a scale for each filter.

    Activations are uint8 and weights 7 bits of int8, for which no sum of two products overflows 16 bits. With 8 bits
    it does on x86 processors without VNNI instructions, and probabilities are wrong there (measured: by up to 0.8).

    Args:
        source: the graph in float32.
        images: training images, from which the ranges of the activations are taken.
        file: to write.
    """
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType
    from onnxruntime.quantization import quantize_static as quantize
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = file.with_suffix(".prepared.onnx")
    with held_stderr():
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize(
            str(prepared), str(file), _Images(images), quant_format=QuantFormat.QDQ, op_types_to_quantize=QUANTIZED,
            calibrate_method=CalibrationMethod.MinMax, activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8, per_channel=True, reduce_range=True,
        )  # fmt: skip


class _Images:
    """Batches of images, in the form that ONNX Runtime's calibration asks for them."""

    def __init__(self, images: NDArray[np.uint8]) -> None:
        self._batches = (images[at : at + CALIBRATION_BATCH] for at in range(0, len(images), CALIBRATION_BATCH))

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        """Return the next batch, or None at the end."""
        batch = next(self._batches, None)
        return None if batch is None else {INPUT: batch}
