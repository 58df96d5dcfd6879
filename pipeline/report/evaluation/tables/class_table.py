"""The figures of each class, worst first."""

import math
from typing import Any

import numpy as np
import pandas as pd

from pipeline.base.printable import printable
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.report.evaluation.interval_view import bar_start, interval_view

COLUMNS = {"recall": "Recall", "precision": "Precision", "f1": "F1", "average_precision": "Average precision"}
MOST_ROWS = 300  # of more classes, the worst are shown
LONG = 24  # longer tables scroll


def class_table(scores: pd.DataFrame) -> dict[str, Any]:
    """Return what the template shows: the classes with the lowest F1 first, those without one last.

    Args:
        scores: a row per class: class, images, and each of `COLUMNS` with its NAME_low and NAME_high.

    Returns:
        `columns`; `rows` of (name, images, bars); `start`, where the bars begin; `classes`, their number; `long`,
        whether the table needs to scroll.
    """
    shown = scores.iloc[worst_first(scores)[:MOST_ROWS]]
    lows = [shown[column].min() for name in COLUMNS for column in (name, f"{name}_low")]
    start = bar_start(*(float(low) for low in lows))
    rows = [
        (
            printable(str(row["class"])),
            f"{int(row['images']):,}",
            [interval_view(Estimate(row[name], row[f"{name}_low"], row[f"{name}_high"]), start) for name in COLUMNS],
        )
        for row in shown.to_dict("records")
    ]
    return {
        "columns": list(COLUMNS.values()),
        "rows": rows,
        "start": f"{start:.0%}",
        "classes": len(scores),
        "long": len(rows) > LONG,
    }


def worst_first(scores: pd.DataFrame) -> list[int]:
    """Return the places of the rows, lowest F1 first; undefined ones last.

    Args:
        scores: a row per class, with f1 and recall.
    """
    keys = [[_known(value) for value in scores[name]] for name in ("recall", "f1")]
    order: list[int] = np.lexsort(keys).tolist()
    return order


def _known(value: float) -> float:
    return math.inf if math.isnan(value) else value
