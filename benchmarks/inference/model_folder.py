"""The model files that are measured: found in a folder, or made there by a separate process, which needs Keras."""

import subprocess
import sys
from pathlib import Path

from benchmarks.environment import benchmark_environment
from benchmarks.worker import WorkerError
from pipeline.runtime.engine.openvino_layout import XML

STEMS = {32: "small", 224: "imagenet"}  # by side of the images
CLASSES = 10


def model_file(folder: Path, side: int) -> Path:
    """Return where in `folder` the `.keras` file for images of `side` pixels is; its OpenVINO model is beside it."""
    return folder / f"googlenet_{side}" / "model.keras"


def openvino_file(keras_file: Path) -> Path:
    """Return where the model.xml of a `.keras` file is."""
    return keras_file.parent / "openvino" / XML


def make_missing_models(folder: Path, sides: list[int]) -> None:
    """Make the model files that are not in `folder`.

    Args:
        folder: made if it is not there.
        sides: of the images, in pixels.

    Raises:
        WorkerError: they cannot be made, because TensorFlow is not installed, for example.
    """
    files = {side: model_file(folder, side) for side in sides}
    missing = [str(side) for side, file in files.items() if not (file.is_file() and openvino_file(file).is_file())]
    if not missing:
        return
    command = [sys.executable, "-m", "benchmarks.inference.build_models", str(folder.resolve()), *missing]
    done = subprocess.run(command, env=benchmark_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it printed no error"])[-1]
        raise WorkerError(f"the model files cannot be made in {folder}: {reason}")
