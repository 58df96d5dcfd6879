"""What a reader of the figures wants to know besides: PyTorch's setting, and what limits a way that falls short."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.speed_project import environment
from benchmarks.speed_report import Result

CONVOLUTIONS = "convolutions"  # what the names of the profile's kinds of convolution begin with


def torch_notes(facts: Mapping[str, Any] | None) -> str:
    """Return which of its settings PyTorch was fastest on, with images per second of a first trial of each."""
    if facts is None:
        return "PyTorch was not there: (d) was not measured"
    return f"PyTorch {facts['version']} trains in {facts['train']} and predicts in {facts['predict']}"


def limits(result: Result, project: Path) -> list[str]:
    """Return what the bare step's time goes to, and how busy the cores were."""
    shares = profile(project)
    if not shares:
        return ["the bare step's profile could not be taken", _busy(result)]
    told = ", ".join(f"{kind} {share:.0%}" for kind, share in shares.items())
    convolving = sum(share for kind, share in shares.items() if kind.startswith(CONVOLUTIONS))
    reached = median(result.ratio("a", "bfloat16")) / convolving
    return [
        f"the bare step's time by operation: {told}",
        f"so convolutions, which are all the arithmetic that is counted, take {convolving:.0%} of it and run at about "
        f"{reached:.2f} of the bfloat16 peak; the other {1 - convolving:.0%} moves data",
        _busy(result),
    ]


def profile(project: Path) -> dict[str, float]:
    """Return the shares of the bare step's time by kind of operation; nothing where that fails."""
    command = [sys.executable, "-m", "benchmarks.step_profile"]
    done = subprocess.run(command, cwd=project, env=environment(), capture_output=True, text=True, check=False)
    lines = [line.rpartition("\t") for line in done.stdout.splitlines() if "\t" in line]
    return {kind: float(share) for kind, _, share in lines}


def _busy(result: Result) -> str:
    ways = [way for way in ("a", "b", "c", "d") if way in result.rounds[0]]
    told = (f"({way}) {median(each[way].cpu / each[way].seconds for each in result.rounds):.2f}" for way in ways)
    return "cores kept busy: " + ", ".join(told)
