"""A `.keras` file converted for OpenVINO, once: the result is kept in the user's cache."""

import sys
from pathlib import Path

from pipeline.base.digests import file_digest
from pipeline.runtime.engine.openvino_layout import XML
from pipeline.runtime.model_spec import ModelSpec

CACHE = "googlenet-pipeline"


def converted_model(file: Path, spec: ModelSpec, *, again: bool = False) -> Path:
    """Return the folder with `file` as an OpenVINO model; convert it if that has not been done on this machine.

    Args:
        file: a `.keras` file.
        spec: its class names and preprocessing.
        again: although that has been done: the result is damaged.

    Raises:
        PipelineError: Keras cannot read the file.
    """
    from platformdirs import user_cache_path

    digest = file_digest(file)
    folder = user_cache_path(CACHE) / "openvino" / digest
    if again or not (folder / XML).is_file():
        from pipeline.inference.engine.keras_engine import KerasEngine

        network = KerasEngine(file).network
        print(f"converting {file.name} for OpenVINO (once)", file=sys.stderr, flush=True)
        from pipeline.training.networks.openvino_file import save_openvino

        save_openvino(network, folder, spec, digest)
    return folder
