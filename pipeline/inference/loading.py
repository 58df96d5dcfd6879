"""A trained model, found and made ready."""

import sys
from importlib.util import find_spec
from os import PathLike, fspath
from typing import TYPE_CHECKING, Literal, get_args

from pipeline.base.digests import file_digest
from pipeline.base.errors import PipelineError
from pipeline.inference.model_files import ModelFiles, find_model
from pipeline.runtime.classifier import Classifier
from pipeline.runtime.engine.engine_interface import Engine
from pipeline.runtime.engine.softened_engine import SoftenedEngine
from pipeline.runtime.temperature import checked_temperature

if TYPE_CHECKING:
    from pipeline.runtime.engine.openvino_engine import OpenVinoEngine

EngineName = Literal["auto", "openvino", "keras"]


def load_model(
    source: str | PathLike[str] | None = None,
    engine: EngineName = "auto",
    parallel: int = 1,
    temperature: float = 1.0,
) -> Classifier:
    """Return a trained model, ready to classify images.

    Args:
        source: a `.keras` file, `models:/name@alias` or `models:/name/version` in the project's tracking store, or
            None for the model in use: the champion, else the candidate.
        engine: `openvino`; `keras`; or `auto`, OpenVINO where it is installed.
        parallel: how many threads will classify at once; 1: all cores work on each batch.
        temperature: at which probabilities are taken: p^(1/T), divided by their sum; the order of classes stays.

    Raises:
        PipelineError: there is no such model, it cannot be read, the engine is not installed, or the temperature is not
            a positive finite number.
    """
    return load_found(find_model(None if source is None else fspath(source)), engine, parallel, temperature)


def load_found(
    files: ModelFiles, engine: EngineName = "auto", parallel: int = 1, temperature: float = 1.0
) -> Classifier:
    """Return a model whose files were found, ready to classify images; see `load_model`."""
    checked_temperature(temperature)
    if engine not in get_args(EngineName):
        raise PipelineError(f"engine must be one of {', '.join(get_args(EngineName))}, got {engine!r}")
    installed = find_spec("openvino") is not None
    if engine == "keras" or (engine == "auto" and not installed):
        from pipeline.inference.engine.keras_engine import KerasEngine

        return Classifier(files.name, files.spec(), _at_temperature(KerasEngine(files.keras), temperature))
    if not installed:
        raise PipelineError("engine openvino: it is not installed; pip install openvino, or choose the engine keras")
    openvino = _openvino_engine(files, parallel)
    return Classifier(files.name, openvino.spec, _at_temperature(openvino, temperature))


def _at_temperature(engine: Engine, temperature: float) -> Engine:
    return engine if temperature == 1 else SoftenedEngine(engine, temperature)


def _openvino_engine(files: ModelFiles, parallel: int) -> "OpenVinoEngine":
    """Return the model's OpenVINO engine; convert the `.keras` file if it comes without one, or with another's."""
    from pipeline.inference.engine.converted_model import converted_model
    from pipeline.runtime.engine.openvino_engine import OpenVinoEngine

    if files.openvino:
        try:
            engine = OpenVinoEngine(files.openvino, parallel)
        except PipelineError as error:  # the .keras file has the same network, with a checksum for its weights
            print(f"warning: {error}; {files.keras.name} is used instead", file=sys.stderr)
        else:
            if engine.keras_digest == file_digest(files.keras):
                return engine
    spec = files.spec()
    try:
        return OpenVinoEngine(converted_model(files.keras, spec), parallel)
    except PipelineError:  # kept by an earlier command, and damaged since
        return OpenVinoEngine(converted_model(files.keras, spec, again=True), parallel)
