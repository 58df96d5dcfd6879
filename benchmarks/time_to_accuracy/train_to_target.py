"""Train on the prepared data of the working directory until a validation accuracy is reached; print the figures.

    python -m benchmarks.time_to_accuracy.train_to_target {recipe,plain} TARGET EPOCHS

`recipe` trains as the pipeline does, for the recipe's own epochs at most; `plain` as a first Keras program does, for
EPOCHS at most.
"""

import argparse
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.keras_baseline import baseline_network, split_arrays
from pipeline.base.errors import PipelineError
from pipeline.base.paths import PREPARED
from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.config.params_file import read_params
from pipeline.config.schema.pipeline_schema import Config
from pipeline.data.dataset import Dataset


class TargetReachedError(Exception):
    """The validation accuracy has reached the target; ends the training."""


class TargetClock:
    """Measures a training from the end of its first step, and ends it at the target.

    Args:
        target: validation accuracy.
    """

    def __init__(self, target: float) -> None:
        self.target, self.best, self.epochs = target, 0.0, 0
        self._start: tuple[float, float] | None = None

    def start(self) -> None:
        """Start the clock; later calls change nothing."""
        self._start = self._start or (time.monotonic(), time.process_time())

    def end_epoch(self, metrics: Mapping[str, float]) -> None:
        """Count an epoch with these metrics.

        Raises:
            TargetReachedError: its validation accuracy, or that of an earlier epoch, is at the target.
        """
        self.epochs, self.best = self.epochs + 1, max(self.best, metrics["val_accuracy"])
        if self.best >= self.target:
            raise TargetReachedError

    def figures(self) -> dict[str, float]:
        """Return minutes of processor and wall time, epochs, best accuracy, and whether the target was reached."""
        assert self._start is not None
        wall, cpu = time.monotonic() - self._start[0], time.process_time() - self._start[1]
        figures = {"core_minutes": cpu / 60, "minutes": wall / 60, "epochs": self.epochs, "best": self.best}
        return figures | {"reached": float(self.best >= self.target)}


def main() -> None:
    """Train, print the figures as JSON on the last line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.time_to_accuracy.train_to_target",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kind", choices=("recipe", "plain"))
    parser.add_argument("target", type=float, metavar="TARGET", help="validation accuracy")
    parser.add_argument("epochs", type=int, metavar="EPOCHS", help="of plain Keras")
    arguments = parser.parse_args()
    import_tensorflow()
    config, clock = read_params(Path()), TargetClock(arguments.target)
    try:
        with contextlib.suppress(TargetReachedError):
            if arguments.kind == "plain":
                train_plain(config, clock, arguments.epochs)
            else:
                train_by_recipe(config, clock)
    except PipelineError as error:
        sys.exit(f"error: {error}")
    print(json.dumps(clock.figures()))


def train_by_recipe(config: Config, clock: TargetClock) -> None:
    """Train as the pipeline does."""
    from pipeline.training.callbacks.training_bar import TrainingBar
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore
    from pipeline.training.fit import fit

    def start_clock(bar: TrainingBar, batch: int, logs: dict[str, float] | None = None) -> None:
        clock.start()

    TrainingBar.on_train_batch_end = start_clock  # type: ignore[method-assign, assignment]
    with tempfile.TemporaryDirectory() as folder:
        checkpoints = CheckpointStore(Path(folder), "benchmark")
        fit(Dataset(Path(PREPARED)), config.model, config.recipe, checkpoints, clock.end_epoch)


def train_plain(config: Config, clock: TargetClock, epochs: int) -> None:
    """Train the same network as a first Keras program does, its batch normalization at Keras's default momentum.

    Args:
        config: network, batch size and seed.
        clock: started and stopped by the training.
        epochs: at most.
    """
    import keras

    dataset = Dataset(Path(PREPARED))
    keras.utils.set_random_seed(config.recipe.seed)
    model = baseline_network(config, dataset)
    callback = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: clock.start(), on_epoch_end=lambda epoch, logs: clock.end_epoch(logs)
    )
    model.fit(
        *split_arrays(dataset, "train"), config.recipe.batch_size, epochs, verbose=0,
        callbacks=[callback], validation_data=split_arrays(dataset, "validation"),
    )  # fmt: skip


if __name__ == "__main__":
    main()
