"""Figures of two models on the same images, and their differences with intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.comparison.difference_intervals import (
    Interval,
    accuracy_interval,
    balanced_interval,
    steady_interval,
    tell_apart,
)
from pipeline.evaluation.comparison.paired_images import PairedImages
from pipeline.evaluation.comparison.weighted_figures import WeightedFigures
from pipeline.evaluation.scores.interval_estimate import Estimate

SEED = 0
DRAWN = 20_000_000  # images in all resamples together
MOST, FEWEST = 2_000, 500  # resamples
HELD = 4_000_000  # weights of images, or sums over them, that are in memory at a time
SUMS = 3  # of a class in a resample


@dataclass(frozen=True)
class FigureDifference:
    """One figure of two models.

    Attributes:
        name: key of the figure, such as `macro_f1`.
        a: of the first model; NaN if undefined.
        b: of the second.
        difference: b − a, with its 95% interval.
        higher_is_better: whether a larger figure is a better one.
    """

    name: str
    a: float
    b: float
    difference: Estimate
    higher_is_better: bool

    @property
    def better(self) -> str:
        """`A` or `B` where the interval leaves out 0, else an empty string."""
        if not (self.difference.low > 0 or self.difference.high < 0):
            return ""
        return "B" if (self.difference.value > 0) == self.higher_is_better else "A"


def figure_differences(images: PairedImages, classes: Sequence[str]) -> list[FigureDifference]:
    """Return accuracy, balanced accuracy, macro F1, loss and expected calibration error.

    Accuracy has Tango's interval, and balanced accuracy one that follows from Tango's interval of each class. The
    others have percentile bootstrap intervals: images are drawn with replacement, the same ones for both models. Where
    few images tell the models apart, resamples vary too little, so these intervals are widened: that of macro F1
    reaches at least as far from the difference as balanced accuracy's, those of loss and calibration error at least as
    far as Student's t, and to 0 if too few images differ (`tell_apart`). There is no interval of a loss or a
    calibration error where resamples do not differ at all, and none of macro F1 where only one of the models predicts
    some class without images: the class counts in the mean of this model alone, and one image decides that.

    Args:
        images: paired test images.
        classes: class names.
    """
    a, b = (WeightedFigures(table, classes) for table in (images.a, images.b))
    once = np.ones((1, len(images)))
    values_a, values_b = ({name: float(found[0]) for name, found in one.figures(once).items()} for one in (a, b))
    differences = {name: values_b[name] - values_a[name] for name in values_a}
    intervals = _intervals(images, classes, (a, b), differences)
    return [
        FigureDifference(
            name,
            values_a[name],
            values_b[name],
            _estimate(differences[name], intervals[name]),
            higher_is_better=name not in ("loss", "expected_calibration_error"),
        )
        for name in values_a
    ]


def _intervals(
    images: PairedImages,
    classes: Sequence[str],
    models: tuple[WeightedFigures, WeightedFigures],
    differences: Mapping[str, float],
) -> dict[str, Interval]:
    """Return the interval of each figure's difference; of no length where there is none."""
    counts = discordant_counts(images, classes)
    found = _resampled(*models, len(images), len(classes))
    found |= {"accuracy": accuracy_interval(*counts), "balanced_accuracy": balanced_interval(*counts)}
    low, high = (end - differences["balanced_accuracy"] + differences["macro_f1"] for end in found["balanced_accuracy"])
    widened = min(found["macro_f1"][0], low), max(found["macro_f1"][1], high)
    found["macro_f1"] = widened if _same_classes(images) else (0.0, 0.0)
    apart, of_a, of_b = tell_apart(images), models[0].influences(), models[1].influences()
    for name in of_a:
        low, high = steady_interval(found[name], differences[name], of_b[name] - of_a[name])
        found[name] = (low, high) if apart or low == high else (min(low, 0.0), max(high, 0.0))
    return found


def _same_classes(images: PairedImages) -> bool:
    """Return whether both models predict the same ones of the classes without images."""
    there = set(images.a["label"])
    return set(images.a["predicted"]) - there == set(images.b["predicted"]) - there


def _resampled(a: WeightedFigures, b: WeightedFigures, images: int, classes: int) -> dict[str, Interval]:
    """Return percentile intervals of the differences over resamples of the images."""
    random = np.random.default_rng(SEED)
    left = int(np.clip(DRAWN // images, FEWEST, MOST))
    at_once = max(1, HELD // max(images, SUMS * classes))
    parts: list[dict[str, NDArray[np.float64]]] = []
    while left > 0:
        count = min(left, at_once)
        drawn = [np.bincount(random.integers(images, size=images), minlength=images) for _ in range(count)]
        weights = np.stack(drawn).astype(np.float64)
        of_a, of_b = a.figures(weights), b.figures(weights)
        parts.append({name: of_b[name] - of_a[name] for name in of_a})
        left -= count
    names = parts[0]
    limits = {name: np.quantile(np.concatenate([part[name] for part in parts]), (0.025, 0.975)) for name in names}
    return {name: (float(low), float(high)) for name, (low, high) in limits.items()}


def discordant_counts(images: PairedImages, classes: Sequence[str]) -> tuple[NDArray[np.int64], ...]:
    """Return, (classes,) each: images that A alone gets right, that B alone gets right, and all of them."""
    index = {name: number for number, name in enumerate(classes)}
    truth = images.a["label"].map(index).to_numpy(np.int64)
    right_a, right_b = (table["correct"].to_numpy(bool) for table in (images.a, images.b))
    chosen = (right_a & ~right_b, right_b & ~right_a, np.ones(len(truth), bool))
    return tuple(np.bincount(truth[one], minlength=len(classes)) for one in chosen)


def _estimate(value: float, interval: Interval) -> Estimate:
    """Return the difference with an interval that contains it; without one if its length is 0."""
    low, high = interval
    return Estimate(value) if low == high else Estimate(value, min(value, low), max(value, high))
