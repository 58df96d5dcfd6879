"""OpenVINO: on a CPU the fastest engine for this network, without Keras and TensorFlow."""

import hashlib
import threading
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model_spec import ModelSpec
from ..pipeline_error import PipelineError, one_line
from .cores import usable_cores
from .openvino_core import openvino_core
from .openvino_layout import BIN, CLASS_MAPS, DIGEST, FEATURES, PROBABILITIES, SPEC, SUMS, XML

OUTPUTS = (PROBABILITIES, FEATURES, CLASS_MAPS)
PRECISIONS = {"f32": "float32", "bf16": "bfloat16", "f16": "float16"}


class OpenVinoEngine:
    """A model that `pipeline.train` has written for OpenVINO.

    Args:
        folder: with model.xml and model.bin.
        parallel: how many threads will call it at once. 1: all cores work on one call; more: each call has its share.

    Attributes:
        spec: class names and preprocessing, which the file carries.
        keras_digest: SHA-256 of the `.keras` file of the same network, in hex.

    Raises:
        PipelineError: the file is damaged.
    """

    def __init__(self, folder: Path, parallel: int = 1) -> None:
        file = folder / XML
        _check_digests(folder)
        _build_type_tables()
        self._core = openvino_core()
        try:
            self._model = self._core.read_model(file)
        except RuntimeError as error:
            raise PipelineError(f"OpenVINO cannot read {file} with {BIN}: {one_line(error, 120)}") from None
        try:
            spec, self.keras_digest = (self._model.get_rt_info(list(path)).astype(str) for path in (SPEC, DIGEST))
        except RuntimeError:
            raise PipelineError(f"{file} is not of this pipeline: it has no class names and digest") from None
        self.spec = ModelSpec.from_json(spec, str(file))
        self._shared, self._sharing = {parallel: self}, threading.Lock()
        self.configure(parallel)

    def configure(self, parallel: int) -> None:
        """Prepare to be called by `parallel` threads at once; what was compiled before is dropped."""
        self._parallel = parallel
        self._compiled: dict[str, Any] = {}
        self._compiling = threading.Lock()
        self._idle: dict[str, list[Any]] = {name: [] for name in OUTPUTS}  # inference requests, to be used again

    @property
    def name(self) -> str:
        """`OpenVINO` and the type in which it computes."""
        precision = self._compile(PROBABILITIES).get_property("INFERENCE_PRECISION_HINT").get_type_name()
        return f"OpenVINO {PRECISIONS.get(precision, precision)}"

    def shared(self, threads: int) -> "OpenVinoEngine":
        """Return the same network, set up to be called by `threads` threads at once; compiled once for each number."""
        with self._sharing:
            if threads not in self._shared:
                other = copy(self)  # of the model in memory: its file may be gone
                other.configure(threads)
                self._shared[threads] = other
            return self._shared[threads]

    def probabilities(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return class probabilities, (images, classes)."""
        return self._infer(PROBABILITIES, pixels)[0]

    def features(self, pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
        """Return class probabilities, and the pooled features, (images, features), or None."""
        if not self._has(FEATURES):
            return None
        vectors, probabilities = self._infer(FEATURES, pixels)
        return probabilities, vectors[:, 0]

    def class_maps(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        """Return class activation maps, (images, rows, columns, classes), or None."""
        return self._infer(CLASS_MAPS, pixels)[0] if self._has(CLASS_MAPS) else None

    def _has(self, output: str) -> bool:
        return any(output in one.get_names() for one in self._model.outputs)

    def _infer(self, output: str, pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Return an output; with the features the probabilities too."""
        try:
            request = self._idle[output].pop()
        except IndexError:
            request = self._compile(output).create_infer_request()
        inferred = request.infer([np.ascontiguousarray(pixels)], share_inputs=True)
        found = [np.array(inferred[number]) for number in range(len(inferred))]
        self._idle[output].append(request)
        return found

    def _compile(self, output: str) -> Any:
        """Return the part of the model that computes `output`, compiled once."""
        import openvino

        with self._compiling:
            if output not in self._compiled:
                names = (FEATURES, PROBABILITIES) if output == FEATURES else (output,)
                part = openvino.Model([self._model.output(name) for name in names], self._model.get_parameters())
                self._compiled[output] = self._core.compile_model(part, "CPU", self._properties())
            return self._compiled[output]

    def _properties(self) -> dict[str, Any]:
        if self._parallel == 1:
            return {"PERFORMANCE_HINT": "LATENCY"}
        return {"NUM_STREAMS": self._parallel, "INFERENCE_NUM_THREADS": max(self._parallel, usable_cores())}


def _check_digests(folder: Path) -> None:
    """Pass if both files are those that were written; numbers that changed would give other answers without a word."""
    try:
        lines = (folder / SUMS).read_bytes().splitlines()
    except FileNotFoundError:  # of an earlier version
        return
    except OSError as error:
        raise PipelineError(f"{folder / SUMS} cannot be read ({error.strerror})") from None
    for name in (XML, BIN):
        try:
            with (folder / name).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise PipelineError(f"{folder / name} cannot be read ({error.strerror})") from None
        if f"{digest}  {name}".encode() not in lines:
            raise PipelineError(f"{folder / name} is damaged: its SHA-256 is not the one in {SUMS}")


def _build_type_tables() -> None:
    """Let OpenVINO's Python module build its tables of NumPy types, which it does when they are first used.

    Two threads that use them first at the same time wait for each other forever (seen with OpenVINO 2026.4): one
    builds a table and waits for Python's lock, which the other holds while it waits for the table.
    """
    import openvino

    openvino.Type.u8.to_dtype()
    np.array(openvino.Tensor(np.zeros(1, np.uint8), shared_memory=True).data)
