"""What a trial of a search costs besides its training steps, beside Keras's own layers and optimizer.

    python -m benchmarks.search.trial_times [OVERRIDES]                about a minute on two cores

It prints processor time, which other processes disturb less than wall time: of building, of tracing the training step,
of the first step (in which TensorFlow optimizes the traced graph), of the first validation step, and of saving a
checkpoint. The last line is the ratio of the sums. `python -m benchmarks.speed` measures the steps themselves.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.machine import machine_description
from benchmarks.stage_times import ROOT
from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.config.search_compose import compose_search

CLASSES = 10  # those of the digits
STEPS = 20  # batches per epoch


def main() -> None:
    """Print a line for each part of a trial, and the ratio of the sums."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search.trial_times",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("overrides", nargs="*", metavar="OVERRIDE", help="of the search's settings")
    arguments = parser.parse_args()
    import_tensorflow()
    from pipeline.training.memory import release_memory
    from pipeline.training.trainable import configure_keras

    config = compose_search(ROOT, arguments.overrides)
    times = {}
    for fast in (True, True, False):  # the first network also pays for the libraries' set-up: the second replaces it
        configure_keras(config.recipe, quiet=True)
        times[fast] = trial_cpu_seconds(config, fast=fast)
        release_memory()
    print(f"on {machine_description()}\n{'core-seconds':<24}{'ours':>8}{'Keras':>8}")
    for part in times[True]:
        print(f"{part:<24}{times[True][part]:>8.2f}{times[False][part]:>8.2f}")
    print(f"ours / Keras: {sum(times[True].values()) / sum(times[False].values()):.2f}")


def trial_cpu_seconds(config: TuneConfig, *, fast: bool) -> dict[str, float]:
    """Return the processor time of each part of a trial, in seconds.

    Args:
        config: the search; its network is built as configured.
        fast: use the layers and the optimizer that the pipeline trains with, instead of Keras's own.
    """
    import numpy as np
    import tensorflow as tf

    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore
    from pipeline.training.networks.build_network import build_network

    recipe, data = config.recipe, config.data
    shape = (data.height, data.width, data.channels)
    images = tf.constant(np.random.default_rng(0).integers(0, 256, (recipe.batch_size, *shape), np.uint8))
    targets = tf.one_hot(np.arange(recipe.batch_size) % CLASSES, CLASSES)
    seconds: dict[str, float] = {}

    def clock(part: str, work: Callable[[], Any]) -> Any:
        start = time.process_time()
        result = work()
        seconds[part] = time.process_time() - start
        return result

    model = clock("building", lambda: build_network(config.model, shape, CLASSES, STEPS, fast=fast))
    clock("compiling", lambda: compile_network(model, recipe, fast=fast))
    step = tf.function(lambda x, y: model.train_step((x, y))).get_concrete_function
    traced = clock("tracing a step", lambda: step(images, targets))
    clock("the first step", lambda: traced(images, targets))
    clock("the first validation", lambda: model.test_on_batch(images, targets))
    with tempfile.TemporaryDirectory() as folder:
        checkpoints = CheckpointStore(Path(folder), "benchmark")
        clock("saving a checkpoint", lambda: checkpoints.save(model, [], best=model.get_weights()))
    return seconds


def compile_network(model: Any, recipe: Any, *, fast: bool) -> None:
    """Compile with the recipe's optimizer, and build that.

    Args:
        model: to compile.
        recipe: how to train it.
        fast: use the pipeline's optimizer class, instead of Keras's own with the same settings.
    """
    import keras

    from pipeline.training.recipe.optimizer import UNDECAYED, build_optimizer, compile_model
    from pipeline.training.recipe.schedule import learning_rate_schedule

    compile_model(model, recipe, STEPS)
    if not fast:
        settings = build_optimizer(recipe, STEPS).get_config()
        settings["learning_rate"] = learning_rate_schedule(recipe, STEPS)
        optimizer = {"adamw": keras.optimizers.AdamW, "sgd": keras.optimizers.SGD}[recipe.optimizer](**settings)
        optimizer.exclude_from_weight_decay(var_names=UNDECAYED)
        model.compile(optimizer, model.loss, metrics=["accuracy"], jit_compile=model.jit_compile)
    model.optimizer.build(model.trainable_variables)


if __name__ == "__main__":
    main()
