"""The machine on which figures are measured, and what else it is doing."""

import os
import subprocess
import time
from importlib.metadata import PackageNotFoundError, version

import psutil

from benchmarks.stage_times import ROOT
from pipeline.runtime.engine.cores import cpu_flags, processor_name
from pipeline.training.precision import CPU_BFLOAT16

LIBRARIES = ("tensorflow", "keras", "openvino", "torch")
BUSY = ("user", "nice", "system", "irq", "softirq", "steal")  # psutil's names of the times in which a core works


def machine_description() -> str:
    """Return processor, cores, bfloat16 instructions, versions of what is installed, and commit in one line."""
    flags = ", ".join(sorted(CPU_BFLOAT16 & cpu_flags())) or "no bfloat16"
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    libraries = "".join(f", {name} {found}" for name in LIBRARIES if (found := _installed_version(name)))
    return f"{processor_name()}, {os.cpu_count()} cores ({flags}){libraries}, commit {commit or 'unknown'}"


class OtherLoad:
    """The load that other processes put on the machine since this object was created.

    Other processes are all but this one and its descendants.
    """

    def __init__(self) -> None:
        self._start, self._busy_before, self._own_before = time.monotonic(), _busy_seconds(), _own_seconds()

    def cores(self) -> float:
        """Return how many cores other processes used, on average."""
        seconds = (_busy_seconds() - self._busy_before) - (_own_seconds() - self._own_before)
        return max(seconds, 0.0) / (time.monotonic() - self._start)


def _installed_version(library: str) -> str:
    """Return a library's version, or an empty string where it is not installed."""
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


def _busy_seconds() -> float:
    """Return the processor time of all cores and processes since the machine started."""
    times = psutil.cpu_times()
    return float(sum(getattr(times, name, 0.0) for name in BUSY))


def _own_seconds() -> float:
    """Return the user and system time of this process and its descendants."""
    process = psutil.Process()
    return float(sum(sum(each.cpu_times()[:2]) for each in (process, *process.children(recursive=True))))
