"""The machine that figures were taken on, and what else it was doing."""

import os
import platform
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks.stage_times import ROOT
from pipeline.training.precision import CPU_BFLOAT16, cpu_flags

BUSY = ("user", "nice", "system", "irq", "softirq", "steal")


def described() -> str:
    """Return processor, cores, bfloat16 instructions, versions and commit in one line."""
    flags = ", ".join(sorted(CPU_BFLOAT16 & cpu_flags())) or "no bfloat16"
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    libraries = ", ".join(f"{name} {version(name)}" for name in ("tensorflow", "keras"))
    return f"{_processor()}, {os.cpu_count()} cores ({flags}), {libraries}, commit {commit or 'unknown'}"


class Others:
    """Watches, from its making on, how busy the machine is with what is not this process or its children."""

    def __init__(self) -> None:
        self._began, self._all, self._ours = time.monotonic(), _busy(), _ours()

    def cores(self) -> float:
        """Return how many cores other work took, on average."""
        foreign = (_busy() - self._all) - (_ours() - self._ours)
        return max(foreign, 0.0) / (time.monotonic() - self._began)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _busy() -> float:
    times = psutil.cpu_times()
    return float(sum(getattr(times, name, 0.0) for name in BUSY))


def _ours() -> float:
    here = psutil.Process()
    return float(sum(sum(process.cpu_times()[:2]) for process in (here, *here.children(recursive=True))))
