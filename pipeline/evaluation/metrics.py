"""Metrics of a predictions table."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def summary_metrics(table: pd.DataFrame, classes: Sequence[str], top_k: int) -> dict[str, Any]:
    """Return the metrics of the whole test split.

    `loss` is the mean cross-entropy in nats; `top_k_accuracy` the share of images whose class is among the
    `top_k` most probable; `macro_*` the unweighted means over classes; `min_class_recall` that of the worst class.

    Args:
        table: a predictions table.
        classes: class names in index order.
        top_k: k of top-k accuracy.
    """
    scores = class_metrics(table, classes)
    return {
        "images": len(table),
        "accuracy": float(table["correct"].mean()),
        "top_k": min(top_k, len(classes)),
        "top_k_accuracy": float((table["rank"] <= top_k).mean()),
        "loss": float(table["loss"].mean()),
        "macro_precision": float(scores["precision"].mean()),
        "macro_recall": float(scores["recall"].mean()),
        "macro_f1": float(scores["f1"].mean()),
        "min_class_recall": float(scores["recall"].min()),
    }


def class_metrics(table: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """Return a row per class: class, precision, recall, f1 (each 0 where undefined), images (of it in the table)."""
    from sklearn.metrics import precision_recall_fscore_support

    precision, recall, f1, images = precision_recall_fscore_support(
        table["label"], table["predicted"], labels=list(classes), zero_division=0.0
    )
    return pd.DataFrame({"class": list(classes), "precision": precision, "recall": recall, "f1": f1, "images": images})


def confusion_counts(table: pd.DataFrame, classes: Sequence[str]) -> NDArray[np.int64]:
    """Return counts, (classes, classes): row the true class, column the predicted one."""
    from sklearn.metrics import confusion_matrix

    return np.asarray(confusion_matrix(table["label"], table["predicted"], labels=list(classes)), np.int64)
