"""What each of the training's own layers buys: the bare step with Keras's layers, then with one kind of ours more.

    python -m benchmarks.fast_layers                32×32, batch 128
    python -m benchmarks.fast_layers --size 224     batch 32

All steps are traced first and then timed in turns; a ratio is taken within a round, the median over rounds counts.
"""

import argparse
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.speed_project import CLASSES, SIZES, Size
from benchmarks.worker import timed
from pipeline.base.quiet import import_tensorflow

SECONDS = 3.0  # of each measurement


def main() -> None:
    """Measure, print a line per kind of network."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=32, choices=SIZES, help="side of the images, in pixels")
    parser.add_argument("--rounds", type=int, default=8)
    arguments = parser.parse_args()
    import_tensorflow()
    size = SIZES[arguments.size]
    ways = steps(size)
    rounds = [
        {name: timed(step, size.batch, SECONDS).rate for name, step in ways.items()} for _ in range(arguments.rounds)
    ]
    first = next(iter(ways))
    print(f"{size.side}×{size.side}, batch {size.batch}, {arguments.rounds} rounds\n")
    print("| layers | images/s | beside Keras's | lowest – highest |")
    print("|---|---:|---:|---:|")
    for name in ways:
        ratios = [one[name] / one[first] for one in rounds]
        rate = statistics.median(one[name] for one in rounds)
        print(f"| {name} | {rate:.1f} | {statistics.median(ratios):.3f} | {min(ratios):.3f} – {max(ratios):.3f} |")


def steps(size: Size) -> dict[str, Callable[[], Any]]:
    """Return a traced training step for each kind of network."""
    import keras
    import numpy as np
    import tensorflow as tf

    from benchmarks.bare_step import train_step
    from pipeline.config.params_file import read_params
    from pipeline.model import googlenet
    from pipeline.training.fast import FastConv2D, FusedBatchNormalization
    from pipeline.training.fit import prepare_keras
    from pipeline.training.recipe import compile_model

    recipe = read_params(Path(__file__).parents[1]).recipe
    prepare_keras(recipe)
    draws = np.random.default_rng(0)
    images = tf.constant(draws.integers(0, 256, (size.batch, size.side, size.side, 3)).astype(np.uint8))
    targets = tf.one_hot(draws.integers(0, CLASSES, size.batch), CLASSES)
    kinds: dict[str, dict[str, Any]] = {
        "Keras's own": {},
        "batch normalisation fused": {"normalization_layer": FusedBatchNormalization},
        "and gradients of 1×1 filters by matrix products": {
            "normalization_layer": FusedBatchNormalization,
            "convolution_layer": FastConv2D,
        },
    }
    built = {}
    for name, layers in kinds.items():
        stem = "small" if size.side < 100 else "imagenet"
        model = googlenet((size.side, size.side, 3), CLASSES, stem=stem, normalization="batch", **layers)
        keras.utils.set_random_seed(0)
        compile_model(model, recipe, 1000)
        model.optimizer.build(model.trainable_variables)
        built[name] = train_step(model, images, targets)
        built[name]()
    return built


if __name__ == "__main__":
    main()
