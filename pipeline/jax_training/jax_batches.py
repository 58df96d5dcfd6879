"""Training batches made ahead of the device, each with a random key for what the device draws."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax

from pipeline.data.loader import Batch, TrainingBatches

THREADS, PREFETCH = 8, 24  # threads that make batches, and batches kept ready


def prefetched(batches: TrainingBatches, count: int) -> Iterator[tuple[Any, Any, Any]]:
    """Yield the first `count` of `batches`, epoch after epoch.

    Each is images, targets, and a JAX key that depends on the seed and the batch's number alone.
    """
    base, steps = jax.random.key(batches.seed), batches.steps

    def make(number: int) -> Batch:
        return batches.batch(number // steps, number % steps)

    with ThreadPoolExecutor(THREADS) as threads:
        ready = deque(threads.submit(make, number) for number in range(min(PREFETCH, count)))
        for number in range(count):
            images, targets = ready.popleft().result()
            if number + PREFETCH < count:
                ready.append(threads.submit(make, number + PREFETCH))
            yield images, targets, jax.random.fold_in(base, number)
