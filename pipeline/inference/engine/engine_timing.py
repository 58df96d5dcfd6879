"""How fast engines are: measured in turns, so that what slows the machine down for a while slows all of them."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

import numpy as np
from numpy.typing import NDArray

BATCH = 32  # images
SINGLE_SECONDS, BATCH_SECONDS = 0.3, 0.6  # of a measurement
ROUND_SECONDS, ROUND_PAUSE = 0.02, 0.01  # of a measurement of single images alone
PAUSE = 0.05  # seconds, in which another engine's waiting threads fall asleep

Predict = Callable[[NDArray[np.uint8]], object]


@dataclass(frozen=True)
class Timing:
    """Medians over all calls.

    Attributes:
        latency: seconds for one image.
        rate: images per second in batches of 32.
    """

    latency: float
    rate: float


def time_engines(engines: Sequence[Predict], pixels: NDArray[np.uint8], rounds: int) -> list[Timing]:
    """Return how fast each engine is.

    Args:
        engines: what predicts pixels, uint8 (images, height, width, channels); measured in turns.
        pixels: images, uint8 (images, height, width, channels); repeated to fill a batch.
        rounds: in each of which each engine is measured once.
    """
    batch = np.resize(pixels, (BATCH, *pixels.shape[1:]))
    singles: list[list[float]] = [[] for _ in engines]
    batches: list[list[float]] = [[] for _ in engines]
    for _ in range(rounds):
        for number, engine in enumerate(engines):
            time.sleep(PAUSE)
            singles[number] += _durations(partial(engine, batch[:1]), SINGLE_SECONDS)
            batches[number] += _durations(partial(engine, batch), BATCH_SECONDS)
    return [Timing(median(one), BATCH / median(many)) for one, many in zip(singles, batches, strict=True)]


def time_one_image(engines: Sequence[Predict], image: NDArray[np.uint8], rounds: int) -> list[float]:
    """Return each engine's seconds for one image: its fastest call, which is that of an idle machine.

    On a machine with other work, medians vary several times as much.

    Args:
        engines: what predicts pixels; measured in turns.
        image: uint8 (1, height, width, channels).
        rounds: in each of which each engine is measured once.
    """
    fastest = [math.inf for _ in engines]
    for _ in range(rounds):
        for number, engine in enumerate(engines):
            time.sleep(ROUND_PAUSE)
            fastest[number] = min(fastest[number], *_durations(partial(engine, image), ROUND_SECONDS))
    return fastest


def _durations(call: Callable[[], object], seconds: float) -> list[float]:
    """Return how long each call took, for about `seconds`, after one that is not counted."""
    call()
    found: list[float] = []
    while not found or sum(found) < seconds:
        began = time.perf_counter()
        call()
        found.append(time.perf_counter() - began)
    return found
