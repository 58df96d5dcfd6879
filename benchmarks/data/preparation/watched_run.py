"""A program run in another process, and the memory that it and its own processes take."""

import contextlib
import subprocess
import sys
import time
from dataclasses import dataclass

import psutil

INTERVAL = 0.02  # seconds


@dataclass(frozen=True)
class WatchedRun:
    """What came of a run.

    Attributes:
        seconds: that it printed.
        peak: bytes of resident memory of all its processes together, at most.
    """

    seconds: float
    peak: int


def run(module: str, *arguments: str) -> WatchedRun:
    """Run a module that prints a number of seconds."""
    command = [sys.executable, "-m", module, *arguments]
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, _resident(root))
            time.sleep(INTERVAL)
        printed = process.communicate()[0]
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit code {process.returncode}")
    return WatchedRun(float(printed.splitlines()[-1]), peak)  # after lines of progress


def _resident(root: psutil.Process) -> int:
    total = 0
    with contextlib.suppress(psutil.Error):  # it has just ended
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
    return total
