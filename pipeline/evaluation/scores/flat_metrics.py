"""Figures as plain values, for metrics.json."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.evaluation.predictions_table import PROBABILITY
from pipeline.evaluation.scores.interval_estimate import Estimate


def flat_metrics(scores: Mapping[str, Estimate], table: pd.DataFrame, top_k: int) -> dict[str, Any]:
    """Return the figures by name, without their intervals; None for what is undefined.

    Args:
        scores: as `summary_scores` returns them.
        table: the rows that they were computed from.
        top_k: k of top-k accuracy.

    Returns:
        images, how many there are; top_k, at most the number of classes; and `scores`.
    """
    classes = sum(str(name).startswith(PROBABILITY) for name in table.columns)
    values = {name: float(score.value) if score.defined else None for name, score in scores.items()}
    return {"images": len(table), "accuracy": values.pop("accuracy", None), "top_k": min(top_k, classes), **values}
