"""Core-minutes to a validation accuracy, for each recipe and for plain Keras on the same network and images.

    python -m benchmarks.time_to_accuracy                                   digits, to 0.99
    python -m benchmarks.time_to_accuracy --photos PATH --target 0.90       a folder of photos at 32×32

Core-minutes are the processor time of the training process, all threads, from the end of its first step to the end of
the first epoch that reaches the target: loading, augmentation, validation, its tracing, and checkpoints included;
imports, the tracing of the training step and MLflow not. GPUs are hidden. Plain Keras is Adam at its default rate in
float32, batch normalisation as Keras has it, fed with arrays by `Model.fit`. A seed decides the weights and the order
of the images; time, its range and epochs are of the seeds that reached the target (the median), a ratio with `>` is
what plain Keras spent without reaching it. Whether XLA compiles plain Keras's steps is Keras's own choice; its
last, smaller batch is traced on the clock.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.stage_times import copy_project

RECIPES = ("quick", "paper_2014", "modern", "strong")
PLAIN_EPOCHS = 60
WORKER = Path(__file__).with_name("train_to_target.py")
Found = Mapping[str, float]


class Project:
    """A copy of the project, in `folder`, that trains on the same images each time."""

    def __init__(self, folder: Path, data: Sequence[str]) -> None:
        self.folder, self.data = folder, data
        copy_project(folder)
        path = f"{folder}{os.pathsep}{WORKER.parents[1]}"
        self.environment = os.environ | {"PYTHONPATH": path, "CUDA_VISIBLE_DEVICES": "-1"}

    def run(self, *command: str) -> str:
        """Run Python; return the last line it prints, or nothing where it fails, having said why on stderr."""
        command = (sys.executable, *command)
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, check=False, stdout=subprocess.PIPE, text=True
        )
        return "" if done.returncode else done.stdout.splitlines()[-1]

    def compose(self, *overrides: str) -> None:
        """Write params.yaml; exit where the overrides cannot be."""
        if not self.run("-m", "pipeline.params", *self.data, *overrides):
            sys.exit(1)

    def prepare(self) -> None:
        """Prepare the images; exit where there are none."""
        if not self.run("-m", "pipeline.prepare"):
            sys.exit(1)

    def train(self, way: str, epochs: int | None, seed: int, target: float) -> Found | None:
        """Return what the worker measured of one training, None where it failed."""
        self.compose(*chosen(way, epochs, seed))
        how = "plain" if way == "plain" else "recipe"
        line = self.run(str(WORKER), how, str(target), str(epochs or PLAIN_EPOCHS))
        print(f"{way}, seed {seed}: {line or 'failed'}", file=sys.stderr)
        return json.loads(line) if line else None


def main() -> None:
    """Prepare the data once, train each way to the target, print the table."""
    arguments = parse()
    data = ["data.split.validation=0.25"]
    if arguments.photos:
        data = ["data=folder", f"data.path={arguments.photos.resolve()}", "data.height=32", "data.width=32"]
        data += ["data.split.validation=0.1"]
    data += arguments.overrides
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder), data)
        for way in arguments.ways:
            project.compose(*chosen(way, arguments.epochs, 0))
        project.prepare()
        rows = [
            (way, [project.train(way, arguments.epochs, seed, arguments.target) for seed in range(arguments.seeds)])
            for way in arguments.ways
        ]
    print(table(rows, arguments.target), end="")


def parse() -> argparse.Namespace:
    """Return the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, help="a folder of photos; the digits without it")
    parser.add_argument("--target", type=float, default=0.99, help="validation accuracy to reach")
    parser.add_argument("--ways", nargs="+", default=[*RECIPES, "plain"], choices=[*RECIPES, "plain"])
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each way")
    parser.add_argument("--epochs", type=int, help="of each way; a recipe's own and 60 of plain Keras without it")
    parser.add_argument("--overrides", nargs="+", default=[], help="of all ways, such as model.width=1.0")
    arguments = parser.parse_args()
    if arguments.seeds < 1 or (arguments.epochs is not None and arguments.epochs < 1):
        parser.error("--seeds and --epochs must be at least 1")
    return arguments


def chosen(way: str, epochs: int | None, seed: int) -> list[str]:
    """Return the overrides of one training."""
    recipe = [] if way == "plain" else [f"recipe={way}"]
    length = [f"recipe.epochs={epochs}"] if epochs and recipe else []
    return [*recipe, *length, f"recipe.seed={seed}"]


def table(rows: Sequence[tuple[str, Sequence[Found | None]]], target: float) -> str:
    """Return a line per way, with the ratio of plain Keras's core-minutes to its own, or a bound of it."""
    plain = next((found for way, found in rows if way == "plain"), [])
    text = f"| way | core-minutes to {target} | lowest – highest | epochs | best accuracy | reached "
    text += "| plain Keras / this |\n"
    text += "|---|---:|---:|---:|---:|---:|---:|\n"
    for way, found in rows:
        done, times = [each for each in found if each], _reached(found)
        counted = [each for each in done if each["reached"]] or done
        cells = [
            _spent(found),
            f"{min(times):.2f} – {max(times):.2f}" if times else "–",
            f"{median(each['epochs'] for each in counted):.0f}" if done else "–",
            f"{max(each['best'] for each in done):.4f}" if done else "–",
            f"{len(times)} of {len(found)}",
            _times_faster(plain, times),
        ]
        text += f"| {way} | {' | '.join(cells)} |\n"
    return text


def _spent(found: Sequence[Found | None]) -> str:
    if times := _reached(found):
        return f"{median(times):.2f}"
    return f"not in {_longest(found):.2f}" if any(found) else "failed"


def _times_faster(plain: Sequence[Found | None], times: Sequence[float]) -> str:
    if not times or not any(plain):
        return "–"
    spent = median(times)
    if reached := _reached(plain):
        return f"{median(reached) / spent:.1f}"
    shortest = min(each["core_minutes"] for each in plain if each)
    return f"> {math.floor(shortest / spent)}"


def _longest(found: Sequence[Found | None]) -> float:
    return max(each["core_minutes"] for each in found if each)


def _reached(found: Sequence[Found | None]) -> list[float]:
    return [each["core_minutes"] for each in found if each and each["reached"]]


if __name__ == "__main__":
    main()
