"""Exported networks measured: difference, speed, test accuracy."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.base.files import size_on_disk
from pipeline.exporting.checked_export import largest_difference
from pipeline.exporting.export_report import ExportRow
from pipeline.exporting.formats.format_interface import ExportEngine
from pipeline.inference.engine.engine_timing import Timing, time_engines

TestImages = tuple[NDArray[np.uint8], NDArray[np.int32]]


@dataclass(frozen=True)
class Contender:
    """What is measured.

    Attributes:
        format: for the table.
        path: file or folder.
        engine: runs it.
    """

    format: str
    path: Path
    engine: ExportEngine


def measured_rows(
    contenders: Sequence[Contender],
    pixels: NDArray[np.uint8],
    expected: NDArray[np.float32],
    test: TestImages | None,
    rounds: int,
) -> list[ExportRow]:
    """Return a row for each contender.

    Args:
        contenders: to measure, in the order of the rows.
        pixels: to check and time with, uint8 (images, height, width, channels).
        expected: class probabilities of these images.
        test: images and class indices; None: no accuracy.
        rounds: of timing; 0: no timing.
    """
    engines = [contender.engine for contender in contenders]
    accuracies = [_accuracy(contender, test) for contender in contenders]
    timings: list[Timing | None] = [None] * len(engines)
    if rounds:
        print(f"timing {len(engines)} engines in {rounds} rounds", file=sys.stderr, flush=True)
        timings[:] = time_engines([engine.predict for engine in engines], pixels, rounds)
    return [
        ExportRow(
            contender.format, contender.engine.name, contender.engine.precision, size_on_disk(contender.path),
            largest_difference(contender.engine, pixels, expected), timing, accuracy,
        )
        for contender, timing, accuracy in zip(contenders, timings, accuracies, strict=True)
    ]  # fmt: skip


def _accuracy(contender: Contender, test: TestImages | None) -> float | None:
    if test is None:
        return None
    pixels, labels = test
    print(f"{contender.format}: {len(pixels):,} test images", file=sys.stderr, flush=True)
    return float(np.mean(contender.engine.probabilities(pixels).argmax(axis=1) == labels))
