"""A worker: the same network as a first Keras program trains it: float32, Adam, `fit` and `predict` on arrays.

Between the first and the last batch of a call only: what a call of `fit` costs besides its steps is not counted.
"""

import math
import time
from pathlib import Path
from typing import Any

from benchmarks.worker import LEAST, Measured, serve
from pipeline.base.quiet import import_tensorflow

IMAGES = Path("outputs/prepare/images")
MOMENTUM = 0.99  # Keras's default for batch normalisation


def main() -> None:
    """Serve `train` and `predict`."""
    import_tensorflow()
    from pipeline.config.params_file import read_params
    from pipeline.data.dataset import Dataset
    from pipeline.data.loader import one_hot
    from pipeline.training.network import build

    config, dataset = read_params(Path()), Dataset(IMAGES)
    classes = len(dataset.description.classes)
    positions, labels = dataset.indices("train")
    network = config.model.model_copy(update={"normalization_momentum": MOMENTUM})
    model = build(network, dataset.description.shape, classes, 1)
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    calls = Calls(model, dataset.shards.take(positions), one_hot(labels, classes), config.recipe.batch_size)
    for way in (calls.train, calls.predict):
        way(0.0)  # traces, and finds how long a step takes
    serve({"train": calls.train, "predict": calls.predict}, {"parameters": model.count_params()})


class Calls:
    """Calls of `fit` and `predict` on as many images as fit into the time asked for."""

    def __init__(self, model: Any, images: Any, targets: Any, batch_size: int) -> None:
        self.model, self.images, self.targets, self.batch_size = model, images, targets, batch_size
        self.pace = {"train": math.inf, "predict": math.inf}  # seconds of a step, last time

    def train(self, seconds: float) -> Measured:
        """Fit."""
        count = self._count("train", seconds)
        return self._timed(
            "train",
            lambda clock: self.model.fit(
                self.images[:count], self.targets[:count], self.batch_size, verbose=0, callbacks=[clock]
            ),
        )

    def predict(self, seconds: float) -> Measured:
        """Predict."""
        count = self._count("predict", seconds)
        return self._timed(
            "predict",
            lambda clock: self.model.predict(self.images[:count], self.batch_size, verbose=0, callbacks=[clock]),
        )

    def _count(self, way: str, seconds: float) -> int:
        steps = 1 + max(LEAST, math.ceil(seconds / self.pace[way]))
        return min(steps, len(self.images) // self.batch_size) * self.batch_size

    def _timed(self, way: str, call: Any) -> Measured:
        import keras

        ends: list[tuple[float, float]] = []

        def end(batch: int, logs: Any) -> None:
            ends.append((time.monotonic(), time.process_time()))

        call(keras.callbacks.LambdaCallback(on_train_batch_end=end, on_predict_batch_end=end))
        steps, (wall, core), (last_wall, last_core) = len(ends) - 1, ends[0], ends[-1]
        self.pace[way] = (last_wall - wall) / steps
        return Measured(steps * self.batch_size, last_wall - wall, last_core - core)


if __name__ == "__main__":
    main()
