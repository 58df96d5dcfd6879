"""How the time of `dvc repro` on the digits divides among its parts, and what the pipeline adds to a bare Keras fit.

    python benchmarks/stage_times.py                about four minutes on two cores

It runs the pipeline in a fresh copy of the project, then, on the data prepared there, trains the same network for the
same number of epochs with `keras.Model.fit` on arrays in memory, and prints the ratio of the two training times.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = ("conf", "pipeline", "dvc.yaml", "params.yaml", ".dvc/config", ".dvcignore", ".gitignore")
GROUPS = {  # parts of the table: the phases that they sum up
    "start-up": ("start-up", "imports"),
    "preparation": ("images",),
    "training steps": ("training",),
    "evaluation": ("prediction", "metrics"),
    "pictures and files": ("report", "saving"),
    "tracking and registration": ("tracking", "registry"),
}


def main() -> None:
    """Run the pipeline and the bare fit, print the table."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        copy_project(project)
        phases_file = project / "phases.jsonl"
        environment = os.environ | {
            "PIPELINE_PHASES": str(phases_file),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        start = time.monotonic()
        subprocess.run(["dvc", "repro"], cwd=project, env=environment, check=True, stdout=subprocess.DEVNULL)
        total = time.monotonic() - start
        phases = [json.loads(line) for line in phases_file.read_text(encoding="utf-8").splitlines()]
        bare = bare_fit_seconds(project, environment)
    print_table(phases, total, bare)


def copy_project(target: Path) -> None:
    """Copy what `dvc repro` needs to `target`, and make that a git repository."""
    for name in COPIED:
        source, copy = ROOT / name, target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, copy)
    subprocess.run(["git", "init", "-q"], cwd=target, check=True)


def bare_fit_seconds(project: Path, environment: Mapping[str, str]) -> float:
    """Return the seconds that `fit` takes on the project's prepared data as arrays, tracing included."""
    modules = os.pathsep.join([str(ROOT), *filter(None, [environment.get("PYTHONPATH")])])
    output = subprocess.run(
        [sys.executable, "-m", "benchmarks.speed.bare_fit"],
        cwd=project, env={**environment, "PYTHONPATH": modules}, check=True, stdout=subprocess.PIPE, text=True,
    ).stdout  # fmt: skip
    return float(output.splitlines()[-1])


def print_table(phases: Sequence[Mapping[str, Mapping[str, float]]], total: float, bare: float) -> None:
    """Print a row per part of the pipeline, and the ratio of its training to the bare fit.

    Args:
        phases: for each stage, under `seconds`, the seconds of each of its phases.
        total: seconds of the whole `dvc repro`.
        bare: seconds of the bare fit.
    """
    seconds: dict[str, float] = {}
    for stage in phases:
        for name, value in stage["seconds"].items():
            seconds[name] = seconds.get(name, 0.0) + value
    rows = {group: sum(seconds.get(name, 0.0) for name in names) for group, names in GROUPS.items()}
    rows["DVC and the rest"] = total - sum(rows.values())
    print("| part | seconds | share |\n|---|---:|---:|")  # pipeline.base.markdown cannot be imported from this script
    for group, value in rows.items():
        print(f"| {group} | {value:.1f} | {value / total:.0%} |")
    print(f"| whole `dvc repro` | {total:.1f} | 100% |")
    print(
        f"\ntraining steps / bare Keras fit of the same steps: {rows['training steps']:.1f} s / {bare:.1f} s = "
        f"{rows['training steps'] / bare:.2f}"
    )


if __name__ == "__main__":
    main()
