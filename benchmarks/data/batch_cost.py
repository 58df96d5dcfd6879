"""The processor time of one training batch of 64 images by the number of images that there are.

    python -m benchmarks.data.batch_cost
    python -m benchmarks.data.batch_cost --images 1000 1000000

The images are sparse files of 32×32 black pixels, and the same twelve batches of an epoch are read again and again, so
that neither the disk nor the memory's speed plays a part. The reader is timed beside the one that drew the order of the
epoch anew for each batch and held the one-hot targets of all images. Memory is what a reader holds besides the
manifest: positions, labels or targets, orders.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.data.storage.fake_data import write_fake_data
from pipeline.base.markdown import markdown_table
from pipeline.data.dataset import Dataset
from pipeline.data.loader import Batch, TrainingBatches, one_hot

SHAPE = (32, 32, 3)
BATCH = 64
SEED = 0
SIZES = tuple(10**power for power in range(3, 8))
STEPS = 12  # all that 1,000 images have
ROUNDS = 20
SECONDS = 5.0  # after which no further round of a reader begins
HEADS = (
    "images", "files", "before, µs", "now, µs", "before / now", "now / now at the fewest", "order of an epoch, ms",
    "memory before, MB", "memory now, MB",
)  # fmt: skip


class OrderPerBatch:
    """The reader as it was: every batch draws the order of its epoch, and all targets are held one-hot."""

    def __init__(self, dataset: Dataset) -> None:
        self.shards = dataset.shards
        self.positions, labels = dataset.indices("train")
        self.targets = one_hot(labels, len(dataset.info.classes))

    def batch(self, epoch: int, step: int) -> Batch:
        """Return the images and targets of a step."""
        generator = np.random.Generator(np.random.Philox(key=[SEED, epoch]))
        order = generator.permutation(len(self.positions))
        chosen = order[step * BATCH : (step + 1) * BATCH]
        return self.shards.take(self.positions[chosen]), self.targets[chosen]


@dataclass(frozen=True)
class BatchCost:
    """Measured times in seconds and memory in bytes, of the reader `before` and `now`."""

    images: int
    files: int
    before: float
    now: float
    order: float
    memory_before: int
    memory_now: int


def main(sizes: Sequence[int]) -> str:
    """Return the table."""
    costs = []
    for images in sorted(sizes):
        with tempfile.TemporaryDirectory() as folder:
            write_fake_data(Path(folder), images, SHAPE)
            costs.append(batch_cost(Path(folder)))
    return markdown_table(HEADS, [_row(cost, costs[0]) for cost in costs], "r" * len(HEADS))


def batch_cost(folder: Path) -> BatchCost:
    """Time both readers of the prepared data in a folder, and check that their batches are the same."""
    dataset = Dataset(folder)
    old, new = OrderPerBatch(dataset), TrainingBatches(dataset, BATCH, SEED)
    start = time.thread_time()
    order = new.order(0)
    drawn = time.thread_time() - start
    for step in range(2):
        for one, other in zip(old.batch(0, step), new.batch(0, step), strict=True):
            np.testing.assert_array_equal(one, other)
    before, now = _seconds(old.batch), _seconds(new.batch)
    held = new.positions.nbytes + new.labels.nbytes + 2 * order.nbytes
    drawing = old.positions.nbytes  # of one order while a batch is made
    return BatchCost(
        len(dataset.manifest), len(list(folder.glob("*.npy"))), before, now, drawn,
        old.positions.nbytes + old.targets.nbytes + drawing, held,
    )  # fmt: skip


def _seconds(batch: Callable[[int, int], Batch]) -> float:
    """Return the median processor time of a batch in the fastest round; the first one brings images into memory."""
    rounds: list[float] = []
    begin = time.perf_counter()
    while len(rounds) < ROUNDS and (len(rounds) < 2 or time.perf_counter() - begin < SECONDS):
        times = []
        for step in range(STEPS):
            start = time.thread_time()
            batch(0, step)
            times.append(time.thread_time() - start)
        rounds.append(median(times))
    return min(rounds)


def _row(cost: BatchCost, fewest: BatchCost) -> tuple[str, ...]:
    return (
        f"{cost.images:,}", f"{cost.files:,}", f"{cost.before * 1e6:,.0f}", f"{cost.now * 1e6:,.0f}",
        f"{cost.before / cost.now:,.1f}", f"{cost.now / fewest.now:.1f}", f"{cost.order * 1e3:,.1f}",
        f"{cost.memory_before / 1e6:,.1f}", f"{cost.memory_now / 1e6:,.1f}",
    )  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.data.batch_cost",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--images", type=int, nargs="+", default=SIZES, metavar="N")
    print(main(parser.parse_args().images))
