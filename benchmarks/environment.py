"""The environment variables of the processes that are measured."""

import os
import sys
from pathlib import Path

from benchmarks.stage_times import ROOT

REMOVED = ("MLFLOW_", "DVC_", "PIPELINE_")  # prefixes of the caller's settings for other projects and stores


def benchmark_environment() -> dict[str, str]:
    """Return an environment with GPUs hidden, without settings for other projects, in which `benchmarks` is importable.

    The scripts beside the running interpreter (`dvc`, `python`) come first in PATH.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(REMOVED)}
    modules = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    scripts = [str(Path(sys.executable).parent), *filter(None, [os.environ.get("PATH")])]
    return inherited | {
        "PATH": os.pathsep.join(scripts),
        "PYTHONPATH": os.pathsep.join(modules),
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
