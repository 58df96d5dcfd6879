"""A search by `pipeline.tune` beside one by Keras Tuner's own tuner: seconds per trained image, accuracy.

    python -m benchmarks.search.search_speed                three trials each, on the digits; ten minutes on two cores
    python -m benchmarks.search.search_speed --seeds 3      three searches of each side

Both search the same space with the same seed, train on the same numbers of images and validate on the same images,
each in a separate process, in turns. Keras Tuner's side is its RandomSearch, `search()` on arrays, over a function that
builds the network in Keras's own layers, with Keras's own AdamW, the recipe's learning rate and weight decay, and the
same precision. It does not shift the images; the pipeline runs with and without. Seconds are of the processor.
Building, tracing, training, validation and saving count on both sides, start-up does not. Keras Tuner's own tuners need
tensorboard: pip install -e '.[benchmark]'.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import mean, stdev
from typing import Any

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
LABEL = "seconds per 1,000 images"
UNSHIFTED = "recipe.augment.shift=0"


def main() -> None:
    """Run the sides in turns, print their figures, the ratio and the accuracies."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search.search_speed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--trials", type=int, default=3, help="of each search (3)")
    parser.add_argument("--seeds", type=int, default=1, help="searches of each side, each with a seed (1)")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        print(json.dumps(measure_side(arguments.side, arguments.trials, arguments.seed)))
        return
    if find_spec("tensorboard") is None:
        sys.exit("error: Keras Tuner's own tuners need tensorboard: pip install -e '.[benchmark]'")
    print(f"on {machine_description()}", flush=True)
    seconds: dict[str, list[float]] = {side: [] for side in SIDES}
    scores: dict[str, list[list[float]]] = {side: [] for side in SIDES}
    for seed in range(arguments.seeds):
        for side in SIDES:
            figures = run_side(side, arguments.trials, seed)
            seconds[side].append(figures["seconds"])
            scores[side].append(figures["scores"])
            shown = " ".join(f"{score:.4f}" for score in figures["scores"])
            print(f"seed {seed}  {side:<18} {LABEL} {figures['seconds']:.3g}  accuracies {shown}", flush=True)
    print(*summary_lines(seconds, scores), sep="\n")


def summary_lines(seconds: dict[str, list[float]], scores: dict[str, list[list[float]]]) -> list[str]:
    """Return the ratio of the seconds, and each side's accuracies of all trials and of each search's best.

    Args:
        seconds: per 1,000 trained images, of each search, by side.
        scores: best epoch's validation accuracy of each trial of each search, by side.
    """
    ratio = mean(seconds["pipeline"]) / mean(seconds["keras_tuner"])
    lines = [f"processor time per trained image, pipeline / Keras Tuner: {ratio:.2f}"]
    for side, searches in scores.items():
        best, every = [max(found) for found in searches], [score for found in searches for score in found]
        spread = stdev(best) if len(best) > 1 else 0.0
        lines.append(
            f"{side:<18} accuracy: all trials {mean(every):.4f}, best of each search {mean(best):.4f} ± {spread:.4f}"
        )
    return lines


def run_side(side: str, trials: int, seed: int) -> dict[str, Any]:
    """Return the figures of one side, from a separate process in a fresh copy of the project."""
    with tempfile.TemporaryDirectory() as folder:
        project, environment = Path(folder), benchmark_environment()
        copy_project(project)
        subprocess.run(["dvc", "repro", "-q", "prepare"], cwd=project, env=environment, check=True, capture_output=True)
        module = ["-m", "benchmarks.search.search_speed", "--side", side, "--trials", str(trials), "--seed", str(seed)]
        output = subprocess.run(
            [sys.executable, *module], cwd=project, env=environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout
    figures: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    return figures


def measure_side(side: str, trials: int, seed: int) -> dict[str, Any]:
    """Search in the working directory's project; return seconds per 1,000 images and each trial's best accuracy."""
    from pipeline.data.dataset import Dataset

    shift = [] if side == "pipeline" else [UNSHIFTED]
    seeds = [f"search.seed={seed}", f"recipe.seed={seed}"]
    config = compose_search(Path.cwd(), [*SETTINGS, *shift, *seeds, f"search.max_trials={trials}"])
    images = len(Dataset(Path(PREPARED)).rows("train")) * trials * (config.search.epochs or config.recipe.epochs)
    seconds, scores = SIDES[side](config)
    return {"seconds": 1000 * seconds / images, "scores": scores}


def search_with_pipeline(config: TuneConfig) -> tuple[float, list[float]]:
    """Search with `pipeline.tune`; return the processor's seconds without start-up, and each trial's accuracy."""
    import_tensorflow()
    import keras_tuner  # noqa: F401  imports are start-up, which does not count

    from pipeline.tune import main as tune

    start = time.process_time()
    findings = tune(config, Path.cwd())
    seconds = time.process_time() - start
    assert findings is not None
    return seconds, [row.score or 0.0 for row in findings.rows]


SIDES = {
    "pipeline": search_with_pipeline,
    "without shifts": search_with_pipeline,
    "keras_tuner": search_with_keras_tuner,
}


if __name__ == "__main__":
    main()
