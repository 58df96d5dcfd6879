"""What checkpoints within an epoch cost, on the digits.

    python -m benchmarks.speed.checkpoint_cost [--rounds 5] [--saves 4] [OVERRIDES]     about 2 minutes on two cores

One training, in whose epochs checkpoints are saved in turns: none in one epoch, `--saves` in the next. It prints the
median time of both kinds of epochs and their ratio, the median time of one checkpoint, and what share of the training
time that is at `checkpoint.minutes`. The first epoch, which pays for the compilation, is not counted.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.machine import machine_description
from benchmarks.stage_times import ROOT
from pipeline.base.files import size_on_disk
from pipeline.base.paths import CHECKPOINTS
from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.config.compose import compose
from pipeline.config.parse import parse_config
from pipeline.config.schema.pipeline_schema import Config


class InTurns:
    """Saves `saves` checkpoints in every second epoch, at equal distances; keeps the time of each kind of epoch.

    Args:
        steps: batches of an epoch.
        saves: checkpoints in an epoch.

    Attributes:
        epochs: seconds of the epochs without and with checkpoints, by whether they had any.
        checkpoints: seconds of each checkpoint within an epoch.
    """

    def __init__(self, steps: int, saves: int) -> None:
        self.epochs: dict[bool, list[float]] = {False: [], True: []}
        self.checkpoints: list[float] = []
        self._every, self._epoch, self._batch, self._saving = max(steps // (saves + 1), 1), 0, 0, False
        self._began = time.monotonic()

    def due(self) -> bool:
        """Return whether it is time for a checkpoint."""
        self._batch += 1
        self._saving = self._epoch % 2 == 0 and self._epoch > 0 and self._batch % self._every == 0
        return self._saving

    def saved(self, seconds: float) -> None:
        """Keep the time of a checkpoint within an epoch."""
        if self._saving:
            self.checkpoints.append(seconds)
        self._saving = False

    def end_epoch(self, _: object) -> None:
        """Keep the time of an epoch."""
        if self._epoch > 0:
            self.epochs[self._epoch % 2 == 0].append(time.monotonic() - self._began)
        self._epoch, self._batch, self._began = self._epoch + 1, 0, time.monotonic()


def main() -> None:
    """Train and print the figures."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.checkpoint_cost",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=5, help="epochs of each kind (default: 5)")
    parser.add_argument("--saves", type=int, default=4, help="checkpoints in an epoch (default: 4)")
    parser.add_argument("overrides", nargs="*", metavar="OVERRIDE", help="of the settings")
    arguments = parser.parse_args()
    epochs = f"recipe.epochs={1 + 2 * arguments.rounds}"
    config = parse_config(compose(ROOT, [*arguments.overrides, epochs]), "conf/")
    import_tensorflow()
    for line in checkpoint_cost(config, arguments.saves):
        print(line)


def checkpoint_cost(config: Config, saves: int) -> Sequence[str]:
    """Return the figures in lines.

    Args:
        config: network and recipe.
        saves: checkpoints in an epoch that has any.
    """
    from benchmarks.evaluation.planted_digits import prepared_digits
    from pipeline.data.sources.digits import digit_records
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore
    from pipeline.training.fit import Training

    (ROOT / CHECKPOINTS).mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / CHECKPOINTS) as name:  # on the disk on which trainings save theirs
        dataset = prepared_digits(digit_records(), config, Path(name) / "images")
        checkpoints = CheckpointStore(Path(name), "benchmark")
        training = Training(dataset, config.model, config.recipe, checkpoints)
        times = training.times = InTurns(training.batches.steps, saves)
        training.run(times.end_epoch)
        last = checkpoints.load()
        size = size_on_disk(checkpoints.folder / str(last.state))
    without, having, one = median(times.epochs[False]), median(times.epochs[True]), median(times.checkpoints)
    minutes = config.checkpoint.minutes or 5.0
    return (
        f"on {machine_description()}",
        f"an epoch takes {without:.2f} s without, {having:.2f} s with {saves} checkpoints: x{having / without:.3f}",
        f"one checkpoint within an epoch ({size / 1e6:.1f} MB) takes {one:.3f} s",
        f"at checkpoint.minutes={minutes:g}: ratio {1 + one / (60 * minutes):.5f}",
    )


if __name__ == "__main__":
    main()
