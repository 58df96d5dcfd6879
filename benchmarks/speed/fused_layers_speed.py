"""What the layers that the training uses on a CPU gain: the bare step with Keras's layers, then with ours added.

    python -m benchmarks.speed.fused_layers_speed                32×32, batch 128; about three minutes on two cores
    python -m benchmarks.speed.fused_layers_speed --size 224     batch 32

All steps are traced first and then measured in turns; ratios are taken within a round, and the median over the rounds
counts.
"""

import argparse
from collections.abc import Callable
from statistics import median
from typing import Any

from benchmarks.speed.speed_project import CLASSES, SIZES, Size
from benchmarks.speed.workers.bare_step import train_step
from benchmarks.stage_times import ROOT
from benchmarks.worker import measure
from pipeline.base.markdown import markdown_table
from pipeline.base.tensorflow_import import import_tensorflow

SECONDS = 3.0  # of each measurement
STEPS = 1000  # batches per epoch, for the learning rate's schedule


def main() -> None:
    """Measure, print a row per choice of layers."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.fused_layers_speed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--size", type=int, default=32, choices=SIZES, help="side of the images, in pixels (32)")
    parser.add_argument("--rounds", type=int, default=8, help="measurements of each choice of layers (8)")
    arguments = parser.parse_args()
    import_tensorflow()
    size = SIZES[arguments.size]
    steps = traced_steps(size)
    rounds = [
        {name: measure(step, size.batch, SECONDS).rate for name, step in steps.items()} for _ in range(arguments.rounds)
    ]
    baseline, rows = next(iter(steps)), []
    for name in steps:
        ratios = [rates[name] / rates[baseline] for rates in rounds]
        rate = median(rates[name] for rates in rounds)
        rows.append((name, f"{rate:.1f}", f"{median(ratios):.3f}", f"{min(ratios):.3f} – {max(ratios):.3f}"))
    print(f"{size.side}×{size.side}, batch {size.batch}, {arguments.rounds} rounds\n")
    print(markdown_table(("layers", "images/s", "relative to Keras", "lowest – highest"), rows, "lrrr"), end="")


def layer_choices() -> dict[str, dict[str, Any]]:
    """Return the layer classes to compare, as arguments of `googlenet`, by name; Keras's own first."""
    from pipeline.training.engine.fused_layers import FusedBatchNormalization, MatmulConv2D

    fused = {"normalization_layer": FusedBatchNormalization}
    return {
        "Keras's own": {},
        "fused batch normalization": fused,
        "and gradients of 1×1 filters by matrix products": fused | {"convolution_layer": MatmulConv2D},
    }


def traced_steps(size: Size) -> dict[str, Callable[[], Any]]:
    """Return a traced training step for each choice of layers, on the same random batch."""
    import keras
    import numpy as np
    import tensorflow as tf

    from pipeline.config.params_file import read_params
    from pipeline.model import googlenet
    from pipeline.training.recipe.optimizer import compile_model
    from pipeline.training.trainable import configure_keras

    recipe = read_params(ROOT).recipe
    configure_keras(recipe)
    generator = np.random.default_rng(0)
    images = tf.constant(generator.integers(0, 256, (size.batch, size.side, size.side, 3)).astype(np.uint8))
    targets = tf.one_hot(generator.integers(0, CLASSES, size.batch), CLASSES)
    stem = "small" if size.side < 100 else "imagenet"
    steps = {}
    for name, layers in layer_choices().items():
        model = googlenet((size.side, size.side, 3), CLASSES, stem=stem, normalization="batch", **layers)
        keras.utils.set_random_seed(0)
        compile_model(model, recipe, STEPS)
        model.optimizer.build(model.trainable_variables)
        steps[name] = train_step(model, images, targets)
        steps[name]()
    return steps


if __name__ == "__main__":
    main()
