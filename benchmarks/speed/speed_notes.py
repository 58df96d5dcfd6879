"""Notes under the figures: the settings PyTorch was measured with, and where the time of the training step goes."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.environment import benchmark_environment
from benchmarks.speed.speed_report import SpeedResult

CONVOLUTIONS = "convolutions"  # prefix of the profile's kinds of operation that are convolutions


def torch_note(facts: Mapping[str, Any] | None) -> str:
    """Return PyTorch's fastest settings, with images per second of a short trial of each; `facts` is its worker's."""
    if facts is None:
        return "(d) was not measured: PyTorch is not installed or failed"
    return f"PyTorch {facts['version']} trains in {facts['train']} and predicts in {facts['predict']}"


def profile_notes(result: SpeedResult, project: Path) -> list[str]:
    """Return where the time of the bare training step goes, and how busy the cores were."""
    shares = step_profile(project)
    if not shares:
        return ["the bare training step could not be profiled", _busy_cores_note(result)]
    convolutions = sum(share for kind, share in shares.items() if kind.startswith(CONVOLUTIONS))
    of_peak = median(result.ratios("a", "bfloat16")) / convolutions
    return [
        "the bare step's time by operation: " + ", ".join(f"{kind} {share:.0%}" for kind, share in shares.items()),
        f"convolutions, whose arithmetic is all that is counted, take {convolutions:.0%} of it and run at about "
        f"{of_peak:.2f} of the bfloat16 peak; the other {1 - convolutions:.0%} moves data",
        _busy_cores_note(result),
    ]


def step_profile(project: Path) -> dict[str, float]:
    """Return the shares of the bare training step's time by kind of operation; empty if profiling fails."""
    command = [sys.executable, "-m", "benchmarks.speed.step_profile"]
    output = subprocess.run(
        command, cwd=project, env=benchmark_environment(), capture_output=True, text=True, check=False
    ).stdout
    lines = [line.rpartition("\t") for line in output.splitlines() if "\t" in line]
    return {kind: float(share) for kind, _, share in lines}


def _busy_cores_note(result: SpeedResult) -> str:
    rows = [row for row in ("a", "b", "c", "d") if row in result.rounds[0]]
    cores = {row: median(each[row].cpu / each[row].seconds for each in result.rounds) for row in rows}
    return "cores kept busy: " + ", ".join(f"({row}) {busy:.2f}" for row, busy in cores.items())
