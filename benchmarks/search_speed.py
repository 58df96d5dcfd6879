"""A search by `pipeline.tune` beside Keras Tuner used plainly: seconds per trained image, and the best accuracy.

    python -m benchmarks.search_speed                three trials each, on the digits; about ten minutes on two cores
    python -m benchmarks.search_speed --trials 6

Both search the same space from the same seed, train the same numbers of images and validate on the same ones, in a
process each, in turns. Plain: Keras Tuner's RandomSearch on a function that builds the network of Keras's own layers,
with Keras's own AdamW, the recipe's rate and decay and the same precision; its `search()` on arrays. Start-up is left
out on both sides; building, tracing, training, validating and saving are counted. Keras Tuner's own tuners need
tensorboard: pip install -e '.[benchmark]'.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.machine import described
from benchmarks.speed_project import environment
from benchmarks.stage_times import copy_project

SETTINGS = [
    "model.width=0.25",
    "search=random",
    "search.epochs=4",
    "search.limits.relative=null",
    "search.retrain.top=0",
]


def main() -> None:
    """Run both in turns, print the figures and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--side", choices=("ours", "plain"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        print(json.dumps(SIDES[arguments.side](arguments.trials)))
        return
    print(f"on {described()}", flush=True)
    ratios = []
    for _ in range(arguments.rounds):
        found = {side: run(side, arguments.trials) for side in SIDES}
        for side, figures in found.items():
            told = "  ".join(f"{name} {value:.4g}" for name, value in figures.items())
            print(f"{side:<6} {told}", flush=True)
        ratios.append(found["ours"]["seconds per 1,000 images"] / found["plain"]["seconds per 1,000 images"])
    print(f"seconds per trained image, ours / plain: {median(ratios):.2f}")


def run(side: str, trials: int) -> dict[str, float]:
    """Return the figures of one side, from a process in a fresh copy of the project."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        copy_project(project)
        subprocess.run(
            ["dvc", "repro", "-q", "prepare"], cwd=project, env=environment(), check=True, capture_output=True
        )
        command = [sys.executable, "-m", "benchmarks.search_speed", "--side", side, "--trials", str(trials)]
        done = subprocess.run(command, cwd=project, env=environment(), check=True, stdout=subprocess.PIPE, text=True)
        figures: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
        return figures


def ours(trials: int) -> dict[str, float]:
    """Search with `pipeline.tune`."""
    from pipeline.base.quiet import import_tensorflow

    import_tensorflow()
    import keras_tuner  # noqa: F401  start-up is left out

    from pipeline.config.tune import compose_tune
    from pipeline.tune import main as tune

    config = compose_tune(Path.cwd(), [*SETTINGS, f"search.max_trials={trials}"])
    began = time.perf_counter()
    found = tune(config, Path.cwd())
    seconds = time.perf_counter() - began
    assert found is not None
    return _figures(seconds, trials, config, max(row.score or 0.0 for row in found.rows))


def plain(trials: int) -> dict[str, float]:
    """Search with Keras Tuner's own tuner."""
    from pipeline.base.quiet import import_tensorflow

    import_tensorflow()
    import keras
    import keras_tuner

    from pipeline.config.tune import compose_tune
    from pipeline.data.dataset import Dataset
    from pipeline.data.loader import one_hot
    from pipeline.search.hyperparameters import hyperparameters
    from pipeline.search.space import configured
    from pipeline.training.network import build
    from pipeline.training.precision import choose
    from pipeline.training.schedule import learning_rate

    config = compose_tune(Path.cwd(), [*SETTINGS, f"search.max_trials={trials}"])
    dataset = Dataset(Path("outputs/prepare/images"))
    classes, size = len(dataset.description.classes), config.recipe.batch_size
    arrays = {}
    for split in ("train", "validation"):
        positions, labels = dataset.indices(split)
        arrays[split] = (dataset.shards.take(positions), one_hot(labels, classes))
    steps = len(arrays["train"][0]) // size
    keras.config.set_dtype_policy(choose(config.recipe.precision)[0])

    def model(values: Any) -> Any:
        plain = configured(config, values.values)
        built = build(plain.model, dataset.description.shape, classes, steps)
        recipe = plain.recipe
        built.compile(
            keras.optimizers.AdamW(learning_rate(recipe, steps), weight_decay=recipe.weight_decay),
            keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing),
            metrics=["accuracy"],
        )
        return built

    tuner = keras_tuner.RandomSearch(
        model, "val_accuracy", max_trials=trials, seed=config.search.seed + 1, directory="plain",
        hyperparameters=hyperparameters(config),
    )  # fmt: skip
    began = time.perf_counter()
    tuner.search(
        *arrays["train"], batch_size=size, epochs=config.search.epochs, validation_data=arrays["validation"], verbose=0
    )
    seconds = time.perf_counter() - began
    return _figures(seconds, trials, config, tuner.oracle.get_best_trials(1)[0].score)


def _figures(seconds: float, trials: int, config: Any, best: float) -> dict[str, float]:
    from pipeline.data.dataset import Dataset

    images = len(Dataset(Path("outputs/prepare/images")).rows("train")) * trials * config.search.epochs
    return {"seconds": seconds, "seconds per 1,000 images": 1000 * seconds / images, "best val_accuracy": best}


SIDES = {"ours": ours, "plain": plain}


if __name__ == "__main__":
    main()
