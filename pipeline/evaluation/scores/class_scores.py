"""Figures of each class."""

from collections.abc import Iterator, Sequence

import pandas as pd

from pipeline.evaluation.scores.class_counts import class_counts, f1_estimate
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.scores.proportion import wilson
from pipeline.evaluation.scores.ranking_scores import class_rankings
from pipeline.evaluation.scores.scored_images import ScoredImages, scored_images

CLASS_FIGURES = ("precision", "recall", "f1", "average_precision", "roc_auc")


def class_scores(table: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """Return a row per class, in index order.

    Recall and average precision are undefined without images of the class, precision without predictions of it, F1
    without either, ROC AUC without images of the class or of others; they are NaN then.

    Args:
        table: rows of a predictions table, of one split.
        classes: class names in index order.

    Returns:
        class; images (of the class); predicted (images predicted as it); then precision, recall, f1,
        average_precision, roc_auc, each followed by the limits of its 95% interval, NAME_low and NAME_high.
    """
    rows = []
    counted = _counted_figures(scored_images(table, classes))
    for name, (images, predicted, figures) in zip(classes, counted, strict=True):
        row: dict[str, object] = {"class": name, "images": images, "predicted": predicted}
        for figure, estimate in zip(CLASS_FIGURES, figures, strict=True):
            row |= {figure: estimate.value, f"{figure}_low": estimate.low, f"{figure}_high": estimate.high}
        rows.append(row)
    return pd.DataFrame(rows)


def undefined_classes(scores: pd.DataFrame) -> dict[str, list[str]]:
    """Return the classes for which a figure is undefined, by the figure; figures that all classes have are left out.

    Args:
        scores: a row per class, as `class_scores` returns them.
    """
    missing = {figure: scores.loc[scores[figure].isna(), "class"].tolist() for figure in CLASS_FIGURES}
    return {figure: classes for figure, classes in missing.items() if classes}


def _counted_figures(images: ScoredImages) -> Iterator[tuple[int, int, tuple[Estimate, ...]]]:
    counts = class_counts(images)
    columns = (column.tolist() for column in (counts.images, counts.predicted, counts.right, counts.either))
    for (of_class, predicted, right, either), rankings in zip(
        zip(*columns, strict=True), class_rankings(images), strict=True
    ):
        proportions = (wilson(right, predicted), wilson(right, of_class), f1_estimate(right, either))
        yield of_class, predicted, (*proportions, *(ranking.estimate() for ranking in rankings))
