"""Training batches made ahead of the device, each with a key for what the device draws."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax

from pipeline.data.loader import Batch, TrainingBatches

MAKERS, AHEAD = 8, 24  # threads that make batches, and batches kept ready


def ahead(batches: TrainingBatches, count: int) -> Iterator[tuple[Any, Any, Any]]:
    """Yield the first `count` of `batches`, epoch after epoch: images, targets, a JAX key of (seed, number) alone."""
    base, steps = jax.random.key(batches.seed), batches.steps

    def made(number: int) -> Batch:
        return batches.batch(number // steps, number % steps)

    with ThreadPoolExecutor(MAKERS) as makers:
        ready = deque(makers.submit(made, number) for number in range(min(AHEAD, count)))
        for number in range(count):
            images, targets = ready.popleft().result()
            if number + AHEAD < count:
                ready.append(makers.submit(made, number + AHEAD))
            yield images, targets, jax.random.fold_in(base, number)
