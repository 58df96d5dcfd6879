"""Accuracy on corrupted images."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.base.progress_bar import ProgressBar
from pipeline.evaluation.robustness.corruptions import CORRUPTIONS
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.scores.proportion import wilson
from pipeline.runtime.engine.engine_interface import Engine

AS_THEY_ARE = "none"  # in place of a corruption's name


@dataclass(frozen=True)
class CorruptionScore:
    """How well images are classified under one corruption.

    Attributes:
        corruption: its name; `none` for the images as they are.
        strength: 1 to 3; 0 for the images as they are.
        setting: how strong that is, for people.
        images: how many there are.
        accuracy: on them, with Wilson's interval.
    """

    corruption: str
    strength: int
    setting: str
    images: int
    accuracy: Estimate


def measure_robustness(
    engine: Engine, pixels_in_blocks: Iterable[NDArray[np.uint8]], class_indices: NDArray[np.int32]
) -> list[CorruptionScore]:
    """Return the accuracy on the images as they are, then under each corruption at each strength.

    Args:
        engine: what classifies them.
        pixels_in_blocks: prepared images, uint8 (images, height, width, channels), a block at a time; a block and one
            corrupted copy of it are in memory at once.
        class_indices: the true classes of all images, (images,).
    """
    right = np.zeros(1 + len(CORRUPTIONS), np.int64)
    count = 0
    with ProgressBar("robustness", len(class_indices) * len(right), "images") as bar:
        for pixels in pixels_in_blocks:
            truth = class_indices[count : count + len(pixels)]
            for place in range(len(right)):
                shown = CORRUPTIONS[place - 1].apply(pixels) if place else pixels
                right[place] += int((engine.probabilities(shown).argmax(axis=1) == truth).sum())
                bar.advance(len(pixels))
            count += len(pixels)
    kinds = [(AS_THEY_ARE, 0, "as they are"), *((one.name, one.strength, one.setting) for one in CORRUPTIONS)]
    return [
        CorruptionScore(*kind, count, wilson(hits, count)) for kind, hits in zip(kinds, right.tolist(), strict=True)
    ]


def example_corruptions(pixels: NDArray[np.uint8]) -> dict[tuple[str, int], NDArray[np.uint8]]:
    """Return one image under each corruption and strength.

    Args:
        pixels: of the prepared image, uint8 (height, width, channels).
    """
    return {(one.name, one.strength): one.apply(pixels[None])[0] for one in CORRUPTIONS}
