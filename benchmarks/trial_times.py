"""What a trial of a search costs besides its training steps: ours beside Keras's own layers and optimiser.

    python -m benchmarks.trial_times [OVERRIDES]

Processor time, which other work disturbs less than wall time: of building, of tracing the training step, of the first
step (in which TensorFlow optimises what was traced), of the first validation step, and of keeping an epoch's state.
The last line is the ratio of their sums; of a step itself see `python -m benchmarks.speed`.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.machine import described
from benchmarks.stage_times import ROOT
from pipeline.base.quiet import import_tensorflow
from pipeline.config.tune import compose_tune

CLASSES, STEPS = 10, 20  # of the digits; batches per epoch


def main() -> None:
    """Print a line for each part, and the ratio of the sums."""
    import_tensorflow()
    from pipeline.training.fit import prepare_keras
    from pipeline.training.memory import forget

    config = compose_tune(ROOT, sys.argv[1:])
    found = {}
    for fast in (True, True, False):  # the first network of a process pays for the libraries too: it is not kept
        prepare_keras(config.plain().recipe, quiet=True)
        found[fast] = measured(config, fast=fast)
        forget()
    print(f"on {described()}\n{'core-seconds':<24}{'ours':>8}{'Keras':>8}")
    for part in found[True]:
        print(f"{part:<24}{found[True][part]:>8.2f}{found[False][part]:>8.2f}")
    print(f"ours / Keras: {sum(found[True].values()) / sum(found[False].values()):.2f}")


def measured(config: Any, *, fast: bool) -> dict[str, float]:
    """Return core-seconds by part."""
    import numpy as np
    import tensorflow as tf

    from pipeline.training.network import build
    from pipeline.training.progress import Progress

    recipe, data = config.plain().recipe, config.data
    shape = (data.height, data.width, data.channels)
    images = tf.constant(np.random.default_rng(0).integers(0, 256, (recipe.batch_size, *shape), np.uint8))
    targets = tf.one_hot(np.arange(recipe.batch_size) % CLASSES, CLASSES)
    spent: dict[str, float] = {}

    def timed(part: str, work: Callable[[], Any]) -> Any:
        began = time.process_time()
        done = work()
        spent[part] = time.process_time() - began
        return done

    model = timed("building", lambda: build(config.model, shape, CLASSES, STEPS, fast=fast))
    timed("compiling", lambda: compiled(model, recipe, fast=fast))
    step = tf.function(lambda x, y: model.train_step((x, y))).get_concrete_function
    traced = timed("tracing a step", lambda: step(images, targets))
    timed("the first step", lambda: traced(images, targets))
    timed("the first validation", lambda: model.test_on_batch(images, targets))
    with tempfile.TemporaryDirectory() as folder:
        progress = Progress(Path(folder), "x")
        timed("keeping an epoch", lambda: progress.save(model, {"history": []}, best=model.get_weights()))
    return spent


def compiled(model: Any, recipe: Any, *, fast: bool) -> None:
    """Compile with the recipe's optimiser, or with Keras's own of the same settings."""
    import keras

    from pipeline.training.recipe import compile_model, optimizer
    from pipeline.training.schedule import learning_rate

    compile_model(model, recipe, STEPS)
    if not fast:
        settings = optimizer(recipe, STEPS).get_config() | {"learning_rate": learning_rate(recipe, STEPS)}
        own = {"adamw": keras.optimizers.AdamW, "sgd": keras.optimizers.SGD}[recipe.optimizer](**settings)
        own.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        model.compile(own, model.loss, metrics=["accuracy"], jit_compile=recipe.xla)
    model.optimizer.build(model.trainable_variables)


if __name__ == "__main__":
    main()
