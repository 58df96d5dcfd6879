"""OpenVINO: the model that training writes too, and an int8 one."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.exporting.formats.export_source import ExportSource
from pipeline.exporting.formats.format_interface import INT8, ExportEngine
from pipeline.runtime.engine.openvino_core import openvino_core
from pipeline.runtime.engine.openvino_engine import PRECISIONS
from pipeline.runtime.engine.openvino_layout import DIGEST, PROBABILITIES, SPEC, XML

HINT = "INFERENCE_PRECISION_HINT"


def write_openvino(source: ExportSource, folder: Path, int8: bool) -> None:
    """Write model.xml and model.bin; `rt_info` holds the specification and the digest of the `.keras` file."""
    if not int8:
        from pipeline.training.networks.openvino_file import save_openvino

        save_openvino(source.network, folder, source.spec, source.digest)
        return
    import openvino

    model = openvino_core().read_model(source.int8_onnx)
    model.set_rt_info(source.spec.to_json(), list(SPEC))
    model.set_rt_info(source.digest, list(DIGEST))
    openvino.save_model(model, folder / XML, compress_to_fp16=False)


def openvino_engines(folder: Path, int8: bool) -> list[ExportEngine]:
    """Return OpenVINO in the precision that it chooses, and in float32 if that is another."""
    import openvino

    core = openvino_core()
    whole = core.read_model(folder / XML)
    model = openvino.Model([whole.output(PROBABILITIES)], whole.get_parameters())
    name = f"OpenVINO {openvino.__version__.split('-')[0]}"
    default = core.compile_model(model, "CPU", {"PERFORMANCE_HINT": "LATENCY"})
    chosen = default.get_property(HINT).get_type_name()
    precision = INT8 if int8 else PRECISIONS.get(chosen, chosen)
    engines = [ExportEngine(name, precision, _predictor(default))]
    if precision not in (INT8, "float32"):
        exact = core.compile_model(model, "CPU", {"PERFORMANCE_HINT": "LATENCY", HINT: "f32"})
        engines.append(ExportEngine(name, "float32", _predictor(exact)))
    return engines


def _predictor(compiled: Any) -> Any:
    request = compiled.create_infer_request()

    def predict(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.array(request.infer([np.ascontiguousarray(pixels)], share_inputs=True)[0])

    return predict
