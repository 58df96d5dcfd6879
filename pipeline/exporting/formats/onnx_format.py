"""ONNX, run by ONNX Runtime."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.exporting.formats.export_source import ExportSource
from pipeline.exporting.formats.format_interface import INT8, ExportEngine
from pipeline.runtime.engine.cores import usable_cores
from pipeline.runtime.engine.openvino_layout import DIGEST, INPUT, PROBABILITIES, SPEC

FILE = "model.onnx"


def write_onnx(source: ExportSource, folder: Path, int8: bool) -> None:
    """Write model.onnx; its `metadata_props` hold the specification and the digest of the `.keras` file."""
    import onnx

    model = onnx.load(source.int8_onnx if int8 else source.onnx)
    onnx.helper.set_model_props(model, {".".join(SPEC): source.spec.to_json(), ".".join(DIGEST): source.digest})
    onnx.save(model, folder / FILE)


def onnx_engines(folder: Path, int8: bool) -> list[ExportEngine]:
    """Return ONNX Runtime on the processor's cores."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = usable_cores()
    session = onnxruntime.InferenceSession(folder / FILE, options, providers=["CPUExecutionProvider"])

    def predict(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.asarray(session.run([PROBABILITIES], {INPUT: pixels})[0], np.float32)

    return [ExportEngine(f"ONNX Runtime {onnxruntime.__version__}", INT8 if int8 else "float32", predict)]
