"""Batches as a pure function of (seed, epoch, step), fed to Keras by tf.data."""

import os
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.data.dataset import Dataset
from pipeline.data.record import Split

if TYPE_CHECKING:
    import tensorflow as tf

Batch = tuple[NDArray[np.uint8], NDArray[np.float32]]
Augment = Callable[[NDArray[np.uint8], NDArray[np.float32], np.random.Generator], Batch]
PREFETCH = 4  # batches kept ready while the network trains
MOST_THREADS = 8  # each makes a batch: more would wait for Python's lock, and hold memory


class TrainingBatches:
    """Shuffled batches of the training split: a new order each epoch, the last incomplete batch dropped.

    Where the images have different weights, each target is multiplied by its image's weight, so that mixing images
    mixes their weights too.

    Example:
        >>> batches = TrainingBatches(dataset, batch_size=8, seed=0)
        >>> images, targets = batches.batch(epoch=0, step=0)
        >>> images.shape, images.dtype, targets.shape
        ((8, 16, 16, 1), dtype('uint8'), (8, 3))

    Args:
        dataset: prepared data.
        batch_size: images per batch.
        seed: seed of the order and of the augmentation.
        augment: changes a batch of images and targets, with a random generator for each step; None: no change.

    Attributes:
        batch_size: images per batch: `batch_size`, or all of them where they are fewer.
        steps: batches per epoch.
    """

    def __init__(self, dataset: Dataset, batch_size: int, seed: int, augment: Augment | None = None) -> None:
        self.shards, self.seed, self.augment = dataset.shards, seed, augment
        self.positions, self.labels = dataset.indices("train")
        self.classes, self._weights = len(dataset.info.classes), dataset.training_weights()
        self.batch_size = min(batch_size, len(self.positions))
        self.steps = len(self.positions) // self.batch_size
        self._orders: dict[int, NDArray[np.int32]] = {}
        self._drawing = Lock()

    def order(self, epoch: int) -> NDArray[np.int32]:
        """Return the order of the images in `epoch` (from 0): a permutation (n,) that depends on (seed, epoch) alone.

        The last two are kept, since batches of the next epoch are made before those of this one are used up.
        """
        with self._drawing:
            if epoch not in self._orders:
                generator = np.random.Generator(np.random.Philox(key=[self.seed, epoch]))
                order = np.arange(len(self.positions), dtype=np.int32)
                generator.shuffle(order)
                self._orders = {epoch: order, **dict(list(self._orders.items())[:1])}
            return self._orders[epoch]

    def batch(self, epoch: int, step: int) -> Batch:
        """Return images, uint8 (batch, height, width, channels), and one-hot targets, float32 (batch, classes)."""
        chosen = self.order(epoch)[step * self.batch_size : (step + 1) * self.batch_size]
        images, targets = self.shards.take(self.positions[chosen]), one_hot(self.labels[chosen], self.classes)
        if self._weights is not None:
            targets *= self._weights[chosen, None]
        if self.augment:
            bits = np.random.Philox(key=[self.seed, epoch], counter=[0, 0, 0, step + 1])
            return self.augment(images, targets, np.random.Generator(bits))
        return images, targets

    def from_epoch(self, epoch: int, epochs: int, step: int = 0) -> "tf.data.Dataset":
        """Return the batches of the epochs `epoch` to `epochs` - 1 as one tf.data stream.

        Args:
            epoch: the first one.
            epochs: where to stop.
            step: batches of the first epoch to leave out.
        """

        def read(number: Any) -> Batch:
            return self.batch(int(number) // self.steps, int(number) % self.steps)

        return _stream(read, epoch * self.steps + step, epochs * self.steps, self.shards.shape, self.classes)


class OrderedBatches:
    """All images of one split in the manifest's order, the last batch as short as it comes."""

    def __init__(self, dataset: Dataset, split: Split, batch_size: int) -> None:
        self.shards, self.batch_size = dataset.shards, batch_size
        self.positions, self.labels = dataset.indices(split)
        self.classes = len(dataset.info.classes)
        self.steps = -(-len(self.positions) // batch_size)

    def stream(self) -> "tf.data.Dataset":
        """Return one pass over the images and their one-hot targets as a tf.data stream."""

        def read(number: Any) -> Batch:
            chosen = slice(int(number) * self.batch_size, (int(number) + 1) * self.batch_size)
            return self.shards.take(self.positions[chosen]), one_hot(self.labels[chosen], self.classes)

        return _stream(read, 0, self.steps, self.shards.shape, self.classes)


def one_hot(labels: NDArray[np.int32], classes: int) -> NDArray[np.float32]:
    """Return one-hot targets, float32 (n, classes), of `labels` (n,)."""
    targets = np.zeros((len(labels), classes), np.float32)
    targets[np.arange(len(labels)), labels] = 1.0
    return targets


def _stream(read: Any, first: int, last: int, shape: tuple[int, ...], classes: int) -> "tf.data.Dataset":
    """Stream `read(first)` to `read(last - 1)`, in order.

    The batch dimension stays unknown even where it is constant: with a static one, TensorFlow 2.21 rewrites
    the training step on a CPU into one whose sums depend on thread timing, in spite of op determinism.

    Args:
        read: returns the batch with a number.
        first: number of the first batch.
        last: number of the last batch, plus 1.
        shape: (height, width, channels) of the images.
        classes: number of classes.
    """
    import tensorflow as tf

    def load(number: Any) -> tuple[Any, Any]:
        pixels, target = tf.numpy_function(read, [number], [tf.uint8, tf.float32], stateful=False)
        return tf.ensure_shape(pixels, (None, *shape)), tf.ensure_shape(target, (None, classes))

    options = tf.data.Options()
    options.autotune.enabled = False  # it can stall the end of an iterator for a second and more
    threads = min(max(2, os.cpu_count() or 1), MOST_THREADS)
    stream = tf.data.Dataset.range(first, last).map(load, num_parallel_calls=threads, deterministic=True)
    return stream.prefetch(PREFETCH).with_options(options)
