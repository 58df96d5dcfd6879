"""The figures of a model, as the rows of a table and as a sentence."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.base.printable import printable
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.report.evaluation.interval_view import bar_start, interval_text, interval_view
from pipeline.report.page.number_text import counted, decimal_text, share_text

SHARES = {
    "accuracy": ("Accuracy", "Share of the test images whose predicted class is right."),
    "top_k_accuracy": ("Top-{top_k} accuracy", "Share whose true class is among the {top_k} most probable."),
    "balanced_accuracy": ("Balanced accuracy", "Mean recall of the classes: each class counts the same."),
    "macro_precision": (
        "Mean precision",
        "Of the predictions of a class, the share that is right; mean of the classes.",
    ),
    "macro_f1": ("Mean F1", "Mean over the classes of the harmonic mean of precision and recall."),
    "min_class_recall": ("Lowest recall", "Recall of the worst class; the interval allows for choosing it among all."),
    "mean_average_precision": ("Mean average precision", "Area under the precision-recall curve, mean of the classes."),
    "macro_roc_auc": ("Mean ROC AUC", "Area under the ROC curve, mean of the classes; 50% is guessing."),
}
LOWER_IS_BETTER = {
    "loss": ("Log loss", "Mean cross-entropy in nats."),
    "brier_score": ("Brier score", "Mean squared error of all probabilities, from 0 to 2."),
    "expected_calibration_error": (
        "Expected calibration error",
        "Mean distance between confidence and accuracy, from 0 to 1.",
    ),
}
MOST_NAMED = 12  # classes of an undefined figure


def figure_table(scores: Mapping[str, Estimate], top_k: int, classes: int) -> dict[str, Any]:
    """Return what the template shows: `shares` with bars that begin at `start`, and `others`, of which low is good.

    Args:
        scores: figures by name.
        top_k: k of top-k accuracy, which is left out if every class is among the k most probable.
        classes: number of them.
    """
    names = [name for name in SHARES if name in scores and (name != "top_k_accuracy" or 1 < top_k < classes)]
    start = bar_start(*(scores[name].low for name in names), *(scores[name].value for name in names))
    return {
        "start": f"{start:.0%}",
        "shares": [
            {
                "title": SHARES[name][0].format(top_k=top_k),
                "meaning": SHARES[name][1].format(top_k=top_k),
                **interval_view(scores[name], start),
            }
            for name in names
        ],
        "others": [
            {
                "title": title,
                "meaning": meaning,
                "value": decimal_text(scores[name].value),
                "interval": interval_text(scores[name], share=False),
            }
            for name, (title, meaning) in LOWER_IS_BETTER.items()
            if name in scores
        ],
    }


def headline(accuracy: Estimate, images: int, class_scores: pd.DataFrame) -> dict[str, str]:
    """Return the accuracy as text, and in sentences: right predictions, and the class with the lowest recall.

    Args:
        accuracy: of the test images.
        images: number of test images.
        class_scores: a row per class: class, images, recall.
    """
    view = {"accuracy": share_text(accuracy.value), "interval": interval_text(accuracy), "weakest": "", "recall": ""}
    if math.isnan(accuracy.value):
        return {**view, "right": "There are no test images."}
    right = round(accuracy.value * images)
    view["right"] = f"The predicted class is right for {right:,} of {counted(images, 'test image')}."
    known = class_scores[class_scores["recall"].notna()]
    if len(known) > 1:
        row = known.sort_values(["recall", "images"], ascending=[True, False], kind="stable").iloc[0]
        found = round(float(row["recall"]) * int(row["images"]))
        if found < int(row["images"]):
            view["weakest"] = printable(str(row["class"]))
            view["recall"] = f"{found:,} of its {counted(int(row['images']), 'test image')}"
    return view


def undefined_notes(undefined: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Return which classes lack a figure; figures that the same classes lack are named together.

    Args:
        undefined: classes by figure.
    """
    by_classes: dict[tuple[str, ...], list[str]] = {}
    for name, classes in undefined.items():
        if classes:
            by_classes.setdefault(tuple(classes), []).append(name.replace("_", " ").replace("roc auc", "ROC AUC"))
    return [
        {
            "figures": _listed(names),
            "classes": [printable(name) for name in classes[:MOST_NAMED]],
            "more": max(0, len(classes) - MOST_NAMED),
            "number": counted(len(classes), "class"),
        }
        for classes, names in by_classes.items()
    ]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
