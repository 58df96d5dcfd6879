"""A worker: the same network as a first Keras program trains it: float32, Adam, `fit` and `predict` on arrays.

Measured from the end of a call's first batch to the end of its last: what a call of `fit` costs besides its steps is
not counted.
"""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.keras_baseline import baseline_network, split_arrays
from benchmarks.worker import MINIMUM_CALLS, Measurement, serve
from pipeline.base.paths import PREPARED
from pipeline.base.tensorflow_import import import_tensorflow


def main() -> None:
    """Serve `train` and `predict`."""
    import_tensorflow()
    from pipeline.config.params_file import read_params
    from pipeline.data.dataset import Dataset

    config, dataset = read_params(Path()), Dataset(Path(PREPARED))
    model = baseline_network(config, dataset)
    calls = KerasCalls(model, *split_arrays(dataset, "train"), config.recipe.batch_size)
    for call in (calls.train, calls.predict):
        call(0.0)  # traces, and measures how long a step takes
    serve({"train": calls.train, "predict": calls.predict}, {"parameters": model.count_params()})


class KerasCalls:
    """Calls of `fit` and `predict` on as many images as fit into a given time.

    Args:
        model: compiled.
        images: uint8 (n, height, width, channels).
        targets: one-hot, float32 (n, classes).
        batch_size: images per step.
    """

    def __init__(self, model: Any, images: NDArray[np.uint8], targets: NDArray[np.float32], batch_size: int) -> None:
        self.model, self.images, self.targets, self.batch_size = model, images, targets, batch_size
        self._step_seconds = {"train": math.inf, "predict": math.inf}  # in the last call

    def train(self, seconds: float) -> Measurement:
        """Return the measurement of a `fit` of about `seconds`."""
        count = self._images_for("train", seconds)
        images, targets = self.images[:count], self.targets[:count]
        return self._measure(
            "train",
            lambda clock: self.model.fit(images, targets, self.batch_size, verbose=0, callbacks=[clock]),
        )

    def predict(self, seconds: float) -> Measurement:
        """Return the measurement of a `predict` of about `seconds`."""
        images = self.images[: self._images_for("predict", seconds)]
        return self._measure(
            "predict", lambda clock: self.model.predict(images, self.batch_size, verbose=0, callbacks=[clock])
        )

    def _images_for(self, case: str, seconds: float) -> int:
        steps = 1 + max(MINIMUM_CALLS, math.ceil(seconds / self._step_seconds[case]))
        return min(steps, len(self.images) // self.batch_size) * self.batch_size

    def _measure(self, case: str, call: Callable[[Any], Any]) -> Measurement:
        import keras

        ends: list[tuple[float, float]] = []  # wall time and processor time at the end of each batch

        def on_batch_end(batch: int, logs: Any) -> None:
            ends.append((time.monotonic(), time.process_time()))

        call(keras.callbacks.LambdaCallback(on_train_batch_end=on_batch_end, on_predict_batch_end=on_batch_end))
        steps, (wall_start, cpu_start), (wall_end, cpu_end) = len(ends) - 1, ends[0], ends[-1]
        self._step_seconds[case] = (wall_end - wall_start) / steps
        return Measurement(steps * self.batch_size, wall_end - wall_start, cpu_end - cpu_start)


if __name__ == "__main__":
    main()
