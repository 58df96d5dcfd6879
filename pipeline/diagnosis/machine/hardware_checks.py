"""The processor, graphics cards, memory and clock."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil

from pipeline.base.paths import PARAMS, RUN
from pipeline.base.stage_files.dvc_lock import LOCK
from pipeline.diagnosis.finding import Finding, fine, warning
from pipeline.diagnosis.patient import Patient
from pipeline.runtime.engine.cores import cpu_flags, processor_name, usable_cores
from pipeline.training.precision import CPU_BFLOAT16

THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
LITTLE_MEMORY = 2e9  # bytes that training the default network needs
GPU_QUERY = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
PATIENCE = 5.0  # seconds for an answer about graphics cards
CLOCK_ERROR = 300.0  # seconds


def check_processor(_: Patient) -> Iterator[Finding]:
    """Name the processor, the cores that may be used, and whether it computes in bfloat16."""
    cores, present = usable_cores(), os.cpu_count() or 1
    used = f"{cores} cores" if cores == present else f"{cores} of {present} cores"
    fast = "with bfloat16" if CPU_BFLOAT16 & cpu_flags() else "without bfloat16: training takes several times as long"
    yield fine("processor", f"{processor_name()}, {used}, {fast}")
    limited = [f"{name}={os.environ[name]}" for name in THREADS if os.environ.get(name)]
    few = [text for text in limited if text.partition("=")[2] == "1"]
    if few and cores > 1:
        yield warning("threads", f"{', '.join(few)} leaves cores idle", f"unset {' '.join(THREADS)}")
    elif limited:
        yield fine("threads", f"set in the environment: {', '.join(limited)}")


def check_graphics(_: Patient) -> Iterator[Finding]:
    """Name NVIDIA's graphics cards, and whether a library is installed that trains on them."""
    if shutil.which(GPU_QUERY[0]) is None:
        yield fine("GPU", "none")
        return
    try:
        asked = subprocess.run(GPU_QUERY, capture_output=True, text=True, check=True, timeout=PATIENCE)
    except (OSError, subprocess.SubprocessError):
        yield warning("GPU", "the driver does not answer", "nvidia-smi")
        return
    names = ", ".join(asked.stdout.split("\n")).strip(", ")
    if find_spec("nvidia") or find_spec("jax_cuda12_plugin"):
        yield fine("GPU", names)
    else:
        yield warning("GPU", f"{names}: not used, no library for it is installed (docs/training.md has the commands)")


def check_memory(_: Patient) -> Iterator[Finding]:
    """Compare the free memory with what training the default network needs."""
    memory = psutil.virtual_memory()
    text = f"{memory.available / 1e9:.1f} of {memory.total / 1e9:.1f} GB free"
    if memory.available < LITTLE_MEMORY:
        yield warning("memory", f"{text}: a training may be killed; a smaller recipe.batch_size needs less")
    else:
        yield fine("memory", text)


def check_clock(patient: Patient) -> Iterator[Finding]:
    """Check that the clock is not behind the project's files."""
    files = [patient.root / name for name in (PARAMS, LOCK, RUN, "mlflow.db")]
    newest = max((file.stat().st_mtime for file in files if file.is_file()), default=0.0)
    ahead = newest - time.time()
    if ahead > CLOCK_ERROR:
        text = f"files here are {ahead / 60:.0f} minutes newer than now: times of runs will be wrong"
        yield warning("clock", text, "timedatectl status")
    else:
        yield fine("clock", time.strftime("%Y-%m-%d %H:%M %Z"))


def check_home(_: Patient) -> Iterator[Finding]:
    """Check that there is a place for the settings and caches of libraries."""
    home = Path(os.environ.get("HOME") or Path("~").expanduser())
    if home.is_dir() and os.access(home, os.W_OK):
        yield fine("home", f"{home} can be written")
    else:
        text = f"{home} cannot be written: libraries keep their caches elsewhere, and slowly"
        yield warning("home", text, "export HOME=/a/folder/that/can/be/written")
