"""Core-minutes to a validation accuracy, for each recipe and for plain Keras on the same network and images.

    python -m benchmarks.time_to_accuracy                                   digits, to 0.99
    python -m benchmarks.time_to_accuracy --photos PATH --target 0.90       a folder of photos at 32×32

Core-minutes are the processor time of the training process, all threads, from its first step to the end of the
epoch that reaches the target: loading, augmentation, validation and checkpoints included, imports and tracing not.
Plain Keras is Adam at its default rate in float32, fed with arrays by `Model.fit`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.stage_times import copy_project

RECIPES = ("quick", "paper_2014", "modern", "strong")
WORKER = Path(__file__).with_name("train_to_target.py")


def main() -> None:
    """Prepare the data once, train each way to the target, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, help="a folder of photos; the digits without it")
    parser.add_argument("--target", type=float, default=0.99, help="validation accuracy to reach")
    parser.add_argument("--ways", nargs="+", default=[*RECIPES, "plain"], choices=[*RECIPES, "plain"])
    parser.add_argument("--epochs", type=int, help="of each recipe and of plain Keras; their own without it")
    arguments = parser.parse_args()
    data = ["data.split.validation=0.25"]
    if arguments.photos:
        data = ["data=folder", f"data.path={arguments.photos.resolve()}", "data.height=32", "data.width=32"]
        data += ["data.split.validation=0.1"]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        copy_project(copy)
        environment = os.environ | {"PYTHONPATH": f"{copy}{os.pathsep}{WORKER.parents[1]}"}
        run(copy, environment, ["-m", "pipeline.params", *data])
        run(copy, environment, ["-m", "pipeline.prepare"])
        rows = [
            (way, train(copy, environment, way, data, arguments.epochs, arguments.target)) for way in arguments.ways
        ]
    print_table(rows, arguments.target)


def run(copy: Path, environment: dict[str, str], command: list[str]) -> str:
    """Run Python in the copy; return the last line it prints."""
    done = subprocess.run(
        [sys.executable, *command], cwd=copy, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.splitlines()[-1]


def train(
    copy: Path, environment: dict[str, str], way: str, data: list[str], epochs: int | None, target: float
) -> dict[str, float]:
    """Return what the worker measured of one way of training."""
    chosen = [] if way == "plain" else [f"recipe={way}"]
    chosen += [f"recipe.epochs={epochs}"] if epochs else []
    run(copy, environment, ["-m", "pipeline.params", *data, *chosen])
    how = "plain" if way == "plain" else "recipe"
    measured: dict[str, float] = json.loads(run(copy, environment, [str(WORKER), how, str(target)]))
    print(f"{way}: {measured}", file=sys.stderr)
    return measured


def print_table(rows: list[tuple[str, dict[str, float]]], target: float) -> None:
    """Print a line per way, with the ratio of plain Keras's core-minutes to its own."""
    reference = next((found["core_minutes"] for way, found in rows if way == "plain" and found["reached"]), None)
    print(f"| way | core-minutes to {target} | minutes | epochs | best accuracy | plain Keras / this |")
    print("|---|---:|---:|---:|---:|---:|")
    for way, found in rows:
        reached = f"{found['core_minutes']:.2f}" if found["reached"] else f"not in {found['core_minutes']:.2f}"
        ratio = f"{reference / found['core_minutes']:.2f}" if reference and found["reached"] else "–"
        print(f"| {way} | {reached} | {found['minutes']:.2f} | {found['epochs']:.0f} | {found['best']:.4f} | {ratio} |")


if __name__ == "__main__":
    main()
