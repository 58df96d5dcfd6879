"""A search by `pipeline.tune` beside one by Keras Tuner's own tuner: seconds per trained image, best accuracy.

    python -m benchmarks.search.search_speed                three trials each, on the digits; ten minutes on two cores
    python -m benchmarks.search.search_speed --trials 6

Both search the same space with the same seed, train on the same numbers of images and validate on the same images,
each in a separate process, in turns. Keras Tuner's side is its RandomSearch, `search()` on arrays, over a function that
builds the network in Keras's own layers, with Keras's own AdamW, the recipe's learning rate and weight decay, and the
same precision. Building, tracing, training, validation and saving count on both sides, start-up does not. Keras
Tuner's own tuners need tensorboard: pip install -e '.[benchmark]'.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks.environment import benchmark_environment
from benchmarks.machine import machine_description
from benchmarks.search.keras_tuner_search import search_with_keras_tuner
from benchmarks.stage_times import copy_project
from pipeline.base.paths import PREPARED
from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.config.search_compose import compose_search

SETTINGS = [
    "model.width=0.25",
    "search=random",
    "search.epochs=4",
    "search.limits.relative=null",
    "search.retrain.top=0",
]
PER_IMAGE = "seconds per 1,000 images"


def main() -> None:
    """Run both sides in turns, print their figures and the ratio."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search.search_speed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--trials", type=int, default=3, help="of each search (3)")
    parser.add_argument("--rounds", type=int, default=1, help="in each of which both sides run once (1)")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        print(json.dumps(measure_side(arguments.side, arguments.trials)))
        return
    if find_spec("tensorboard") is None:
        sys.exit("error: Keras Tuner's own tuners need tensorboard: pip install -e '.[benchmark]'")
    print(f"on {machine_description()}", flush=True)
    ratios = []
    for _ in range(arguments.rounds):
        seconds = {}
        for side in SIDES:
            figures = run_side(side, arguments.trials)
            print(f"{side:<12}" + "  ".join(f"{name} {value:.4g}" for name, value in figures.items()), flush=True)
            seconds[side] = figures[PER_IMAGE]
        ratios.append(seconds["pipeline"] / seconds["keras_tuner"])
    print(f"seconds per trained image, pipeline / Keras Tuner: {median(ratios):.2f}")


def run_side(side: str, trials: int) -> dict[str, float]:
    """Return the figures of one side, from a separate process in a fresh copy of the project."""
    with tempfile.TemporaryDirectory() as folder:
        project, environment = Path(folder), benchmark_environment()
        copy_project(project)
        subprocess.run(["dvc", "repro", "-q", "prepare"], cwd=project, env=environment, check=True, capture_output=True)
        module = ["-m", "benchmarks.search.search_speed", "--side", side, "--trials", str(trials)]
        output = subprocess.run(
            [sys.executable, *module], cwd=project, env=environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout
    figures: dict[str, float] = json.loads(output.strip().splitlines()[-1])
    return figures


def measure_side(side: str, trials: int) -> dict[str, float]:
    """Search in the working directory's project; return seconds, seconds per image, best validation accuracy."""
    from pipeline.data.dataset import Dataset

    config = compose_search(Path.cwd(), [*SETTINGS, f"search.max_trials={trials}"])
    images = len(Dataset(Path(PREPARED)).rows("train")) * trials * (config.search.epochs or config.recipe.epochs)
    seconds, best = SIDES[side](config)
    return {"seconds": seconds, PER_IMAGE: 1000 * seconds / images, "best val_accuracy": best}


def search_with_pipeline(config: TuneConfig) -> tuple[float, float]:
    """Search with `pipeline.tune`; return the seconds without start-up, and the best validation accuracy."""
    import_tensorflow()
    import keras_tuner  # noqa: F401  imports are start-up, which does not count

    from pipeline.tune import main as tune

    start = time.perf_counter()
    findings = tune(config, Path.cwd())
    seconds = time.perf_counter() - start
    assert findings is not None
    return seconds, max(row.score or 0.0 for row in findings.rows)


SIDES = {"pipeline": search_with_pipeline, "keras_tuner": search_with_keras_tuner}


if __name__ == "__main__":
    main()
