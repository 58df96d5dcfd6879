"""The wall time of the whole command on one photo, as it is typed in a shell."""

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.environment import benchmark_environment
from benchmarks.inference.photo_files import write_photos
from benchmarks.worker import WorkerError

SIDE = 224  # the photo is one of those for this network, whatever the network


def one_photo_seconds(model: Path, times: int = 3) -> list[float]:
    """Return the seconds that `python -m pipeline.predict photo.jpg --model FILE` takes, each time.

    Args:
        model: a `.keras` file with its OpenVINO model.
        times: how often it is measured, after a run that warms the file cache.

    Raises:
        WorkerError: the command failed.
    """
    with TemporaryDirectory() as folder:
        photo = write_photos(Path(folder), SIDE, 1)[0]
        command = [sys.executable, "-m", "pipeline.predict", str(photo), "--model", str(model.resolve())]
        return [_seconds(command, folder) for _ in range(times + 1)][1:]


def _seconds(command: list[str], folder: str) -> float:
    start = time.monotonic()
    done = subprocess.run(command, cwd=folder, env=benchmark_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise WorkerError(f"pipeline.predict failed: {done.stderr.strip()}")
    return time.monotonic() - start
