"""How the time of `dvc repro` on the digits divides, and what the pipeline adds to a bare Keras fit.

    python benchmarks/stage_times.py

It runs the pipeline in a fresh copy of the project, then, on the data prepared there, the same network for the
same number of epochs by `keras.Model.fit` on arrays in memory, and prints the ratio of the two training times.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = ("conf", "pipeline", "dvc.yaml", "params.yaml", ".dvc/config", ".dvcignore", ".gitignore")
GROUPS = {
    "start-up": ("start-up", "imports"),
    "preparation": ("images",),
    "training steps": ("training",),
    "evaluation": ("prediction", "metrics"),
    "pictures and files": ("report", "saving"),
    "tracking and registration": ("tracking", "registry"),
}


def main() -> None:
    """Run, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        copy_project(copy)
        lines = copy / "phases.jsonl"
        began = time.monotonic()
        environment = os.environ | {
            "PIPELINE_PHASES": str(lines),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        subprocess.run(["dvc", "repro"], cwd=copy, env=environment, check=True, stdout=subprocess.DEVNULL)
        whole = time.monotonic() - began
        phases = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
        bare = bare_fit(copy, environment)
    print_table(phases, whole, bare)


def copy_project(target: Path) -> None:
    """Copy what `dvc repro` needs, as a git repository of its own."""
    for name in COPIED:
        source, copy = ROOT / name, target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, copy)
    subprocess.run(["git", "init", "-q"], cwd=target, check=True)


def bare_fit(copy: Path, environment: dict[str, str]) -> float:
    """Return the seconds that `fit` takes on the prepared arrays, tracing included."""
    script = ROOT / "benchmarks" / "bare_fit.py"
    done = subprocess.run(
        [sys.executable, str(script)], cwd=copy, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return float(done.stdout.splitlines()[-1])


def print_table(phases: list[dict[str, dict[str, float]]], whole: float, bare: float) -> None:
    """Print a row per kind of work and the ratio to the bare fit."""
    seconds: dict[str, float] = {}
    for stage in phases:
        for name, value in stage["seconds"].items():
            seconds[name] = seconds.get(name, 0.0) + value
    rows = {group: sum(seconds.get(name, 0.0) for name in names) for group, names in GROUPS.items()}
    rows["DVC and the rest"] = whole - sum(rows.values())
    print("| part | seconds | share |\n|---|---:|---:|")
    for group, value in rows.items():
        print(f"| {group} | {value:.1f} | {value / whole:.0%} |")
    print(f"| whole `dvc repro` | {whole:.1f} | 100% |")
    print(
        f"\ntraining steps / bare Keras fit of the same steps: {rows['training steps']:.1f} s / {bare:.1f} s = "
        f"{rows['training steps'] / bare:.2f}"
    )


if __name__ == "__main__":
    main()
