"""All that follows from a predictions table, without a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.calibration.reliability import ReliabilityBin, reliability
from pipeline.evaluation.calibration.temperature_fit import TemperatureFit, fit_temperature
from pipeline.evaluation.label_errors import likely_label_errors
from pipeline.evaluation.scores.class_counts import confusion_counts
from pipeline.evaluation.scores.class_scores import class_scores, undefined_classes
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.scores.summary_scores import summary_scores
from pipeline.evaluation.slices.worst_slices import Slice, small_slices, worst_slices


@dataclass(frozen=True)
class TableFindings:
    """What follows from a predictions table.

    Attributes:
        top_k: k of top-k accuracy.
        scores: figures of the test images.
        by_class: a row per class, see `class_scores`.
        undefined: classes whose figure is undefined, by figure.
        confusion: (classes, classes), row the true class, column the predicted one.
        reliability: of the test images.
        temperature: fitted on the validation images; None without any.
        slices: of the test images, worst first.
        small_slices: number of slices with too few images to be looked at.
        label_errors: likely wrong labels of all splits, most suspicious first.
    """

    top_k: int
    scores: Mapping[str, Estimate]
    by_class: pd.DataFrame
    undefined: Mapping[str, Sequence[str]]
    confusion: NDArray[np.int64]
    reliability: Sequence[ReliabilityBin]
    temperature: TemperatureFit | None
    slices: Sequence[Slice]
    small_slices: int
    label_errors: pd.DataFrame


def table_findings(
    table: pd.DataFrame, classes: Sequence[str], top_k: int, training_images: Mapping[str, int]
) -> TableFindings:
    """Return what follows from a predictions table.

    Args:
        table: rows of all splits; figures are of the test images.
        classes: class names in index order.
        top_k: k of top-k accuracy.
        training_images: how many training images each class has.
    """
    test, validation = (table[table["split"] == split] for split in ("test", "validation"))
    by_class = class_scores(test, classes)
    return TableFindings(
        top_k=min(top_k, len(classes)),
        scores=summary_scores(test, classes, top_k),
        by_class=by_class,
        undefined=undefined_classes(by_class),
        confusion=confusion_counts(test, classes),
        reliability=reliability(test),
        temperature=fit_temperature(validation, test, classes) if len(validation) else None,
        slices=worst_slices(test, training_images),
        small_slices=small_slices(test, training_images),
        label_errors=likely_label_errors(table, classes),
    )
