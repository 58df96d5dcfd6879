"""Mean and standard deviation over folds, per metric and per class."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.crossvalidation.fold_result import OF_A_CLASS, FoldResult

NOT_AVERAGED = {"images", "top_k"}


@dataclass(frozen=True)
class Spread:
    """A figure over the folds where it is defined.

    Attributes:
        mean: NaN without a fold.
        std: sample standard deviation (n − 1); NaN with fewer than two folds.
        folds: in how many it is defined.
    """

    mean: float
    std: float
    folds: int


@dataclass(frozen=True)
class ClassSpread:
    """The figures of one class.

    Attributes:
        name: of the class.
        images: its test images in all folds.
        figures: recall, precision and F1, by name.
    """

    name: str
    images: int
    figures: dict[str, Spread]


@dataclass(frozen=True)
class FoldStatistics:
    """Figures over folds.

    Attributes:
        metrics: by name, in the order of evaluation.
        classes: in the order of the classes.
        notes: a sentence for each thing that was left out.
    """

    metrics: dict[str, Spread]
    classes: list[ClassSpread]
    notes: list[str]


def spread(values: Iterable[float | None]) -> Spread:
    """Return mean and sample standard deviation of those values that are neither None nor NaN."""
    kept = [value for value in values if value is not None and not math.isnan(value)]
    mean = float(np.mean(kept)) if kept else math.nan
    return Spread(mean, float(np.std(kept, ddof=1)) if len(kept) > 1 else math.nan, len(kept))


def fold_statistics(results: Sequence[FoldResult]) -> FoldStatistics:
    """Return the figures over `results`.

    A class without test images in a fold has no recall there: that fold is left out of the class's means.

    Args:
        results: one per fold, all of the same classes.
    """
    names = [name for name in results[0].metrics if name not in NOT_AVERAGED] if results else []
    metrics = {name: spread(result.metrics.get(name) for result in results) for name in names}
    classes, notes = [], []
    for name in results[0].classes["class"] if results else ():
        rows = [(result.fold, _row(result, name)) for result in results]
        counted = [row for _, row in rows if row is not None]
        missing = [str(fold) for fold, row in rows if row is None]
        figures = {figure: spread(float(row[figure]) for row in counted) for figure in OF_A_CLASS}
        classes.append(ClassSpread(name, sum(int(row["images"]) for row in counted), figures))
        if missing:
            notes.append(f"class {name} has no test image in fold {', '.join(missing)}: left out of the means there")
    return FoldStatistics(metrics, classes, notes)


def _row(result: FoldResult, name: str) -> "pd.Series[float] | None":
    found = result.classes[(result.classes["class"] == name) & (result.classes["images"] > 0)]
    return None if found.empty else found.iloc[0]
