"""What every worker of this benchmark is given: a model, how many images a call has, and a folder of photos."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.worker import Measurement, measure, serve


@dataclass(frozen=True)
class Work:
    """What is classified.

    Attributes:
        model: the `.keras` file.
        side: of its images, in pixels.
        images: in a call.
        photos: folder of as many JPEG files.
    """

    model: Path
    side: int
    images: int
    photos: Path

    def arguments(self) -> list[str]:
        """Return the command-line arguments that `given_work` reads."""
        return [str(self.model), str(self.side), str(self.images), str(self.photos)]

    def arrays(self) -> NDArray[np.uint8]:
        """Return decoded images: noise, uint8 (images, side, side, 3)."""
        return np.random.default_rng(self.side).integers(0, 256, (self.images, self.side, self.side, 3), np.uint8)


def given_work() -> Work:
    """Return the work that the command line of a worker names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("side", type=int)
    parser.add_argument("images", type=int)
    parser.add_argument("photos", type=Path)
    return Work(**vars(parser.parse_args()))


def serve_calls(calls: Mapping[str, tuple[Callable[[], Any], int]], facts: Mapping[str, Any]) -> None:
    """Call everything once, which compiles it, then measure on request.

    Args:
        calls: by case, a function and how many images it classifies.
        facts: to report.
    """
    for call, _ in calls.values():
        call()
    cases = {case: partial(_measured, call, images) for case, (call, images) in calls.items()}
    serve(cases, facts)


def _measured(call: Callable[[], Any], images: int, seconds: float) -> Measurement:
    return measure(call, images, seconds, minimum=1)
