"""Recall of each class with two models."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.evaluation.comparison.figure_differences import discordant_counts
from pipeline.evaluation.comparison.paired_images import PairedImages
from pipeline.evaluation.comparison.paired_proportions import difference_limits, mcnemar
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.scores.multiple_tests import holm


@dataclass(frozen=True)
class ClassDifference:
    """The recall of one class with two models.

    Attributes:
        name: of the class.
        images: its paired test images, at least one.
        a: recall of the first model.
        b: recall of the second.
        difference: b − a, with its 95% interval, which is of this class alone.
        only_a: number of its images that A alone gets right.
        only_b: number of its images that B alone gets right.
        p_value: of McNemar's exact test, adjusted for the number of classes (Holm 1979).
    """

    name: str
    images: int
    a: float
    b: float
    difference: Estimate
    only_a: int
    only_b: int
    p_value: float

    @property
    def shown(self) -> bool:
        """Whether the difference is larger than chance explains, given how many classes were looked at."""
        return self.p_value < 0.05


def class_differences(images: PairedImages, classes: Sequence[str]) -> list[ClassDifference]:
    """Return the classes that have images, those with the smallest p-value first, then the largest difference.

    Args:
        images: paired test images.
        classes: class names.
    """
    only_a, only_b, each = discordant_counts(images, classes)
    low, high = difference_limits(only_a, only_b, each)
    there = np.flatnonzero(each)
    p_values = dict(zip(there.tolist(), holm(mcnemar(only_a[there], only_b[there])), strict=True))
    right = images.a.groupby("label")["correct"].sum().reindex(list(classes), fill_value=0).to_numpy()
    found = [
        ClassDifference(
            classes[k],
            int(each[k]),
            float(right[k] / each[k]),
            float((right[k] - only_a[k] + only_b[k]) / each[k]),
            Estimate(float((only_b[k] - only_a[k]) / each[k]), float(low[k]), float(high[k])),
            int(only_a[k]),
            int(only_b[k]),
            float(p_values[k]),
        )
        for k in there.tolist()
    ]
    return sorted(found, key=lambda one: (one.p_value, -abs(one.difference.value)))
