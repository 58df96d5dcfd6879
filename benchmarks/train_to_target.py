"""Train on the prepared data in the working directory until the validation accuracy is reached; print what it took.

python benchmarks/train_to_target.py {recipe,plain} TARGET EPOCHS

EPOCHS are of `plain`; the recipe has its own.
"""

import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from pipeline.base.errors import PipelineError
from pipeline.base.quiet import import_tensorflow
from pipeline.config.params_file import read_params
from pipeline.config.schema import Config

KERAS_MOMENTUM = 0.99  # what keras.layers.BatchNormalization has without being told


class ReachedError(Exception):
    """The accuracy is there."""


class Clock:
    """Counts from the end of the first step; remembers the best accuracy and stops at the target."""

    def __init__(self, target: float) -> None:
        self.target, self.best, self.epochs = target, 0.0, 0
        self.began: tuple[float, float] | None = None

    def start(self) -> None:
        """Start counting, once."""
        self.began = self.began or (time.monotonic(), time.process_time())

    def epoch(self, row: Any) -> None:
        """Take note of an epoch's validation accuracy."""
        self.epochs, self.best = self.epochs + 1, max(self.best, row["val_accuracy"])
        if self.best >= self.target:
            raise ReachedError

    def told(self) -> dict[str, float]:
        """Return what was counted."""
        assert self.began is not None
        wall, core = time.monotonic() - self.began[0], time.process_time() - self.began[1]
        counted = {"core_minutes": core / 60, "minutes": wall / 60, "epochs": self.epochs, "best": self.best}
        return counted | {"reached": float(self.best >= self.target)}


def main() -> None:
    """Train as asked."""
    import_tensorflow()
    how, target, epochs = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    config, clock = read_params(Path()), Clock(target)
    try:
        with contextlib.suppress(ReachedError):
            plain(config, clock, epochs) if how == "plain" else by_recipe(config, clock)
    except PipelineError as error:
        sys.exit(f"error: {error}")
    print(json.dumps(clock.told()))


def by_recipe(config: Config, clock: Clock) -> None:
    """Train as the pipeline does."""
    from pipeline.data.dataset import Dataset
    from pipeline.training import callbacks
    from pipeline.training.fit import fit
    from pipeline.training.progress import Progress

    def started(bar: callbacks.ProgressBar, batch: int, logs: dict[str, float] | None = None) -> None:
        clock.start()

    callbacks.ProgressBar.on_train_batch_end = started  # type: ignore[method-assign, assignment]
    with tempfile.TemporaryDirectory() as folder:
        progress = Progress(Path(folder), "key")
        fit(Dataset(Path("outputs/prepare/images")), config.model, config.recipe, progress, {}, clock.epoch)


def plain(config: Config, clock: Clock, epochs: int) -> None:
    """Train as a first Keras program does, on the same network, its batch normalisation at Keras's own momentum."""
    import keras

    from pipeline.data.dataset import Dataset
    from pipeline.data.loader import one_hot
    from pipeline.training.network import build

    dataset = Dataset(Path("outputs/prepare/images"))
    classes = len(dataset.description.classes)
    arrays = {}
    for split in ("train", "validation"):
        positions, labels = dataset.indices(split)
        arrays[split] = dataset.shards.take(positions), one_hot(labels, classes)
    keras.utils.set_random_seed(config.recipe.seed)
    network = config.model.model_copy(update={"normalization_momentum": KERAS_MOMENTUM})
    model = build(network, dataset.description.shape, classes, steps=1)
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    started = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: clock.start(), on_epoch_end=lambda epoch, logs: clock.epoch(logs)
    )
    model.fit(
        *arrays["train"], config.recipe.batch_size, epochs, verbose=0,
        callbacks=[started], validation_data=arrays["validation"],
    )  # fmt: skip


if __name__ == "__main__":
    main()
