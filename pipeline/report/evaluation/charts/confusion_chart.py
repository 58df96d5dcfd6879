"""The confusion matrix, as the cells of a table."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.base.printable import printable

MOST_CLASSES = 25  # more do not fit on a page
RIGHT_TINT, WRONG_TINT = 0.36, 0.5  # strongest color of a cell, so that its number stays readable


def confusion_chart(counts: NDArray[np.integer], classes: Sequence[str]) -> dict[str, Any] | None:
    """Return what the template draws, or None if there are too many classes.

    Args:
        counts: (classes, classes), row the true class, column the predicted one.
        classes: class names in index order.

    Returns:
        `names`; `rows` of (name, images, cells), a cell being (count, kind, strength of its color from 0 to 1).
    """
    if len(classes) > MOST_CLASSES:
        return None
    names = [printable(name) for name in classes]
    rows = []
    for truth, row in enumerate(counts.tolist()):
        total = sum(row)
        cells = [
            (count, "right" if truth == place else "wrong", _tint(count, total, right=truth == place))
            for place, count in enumerate(row)
        ]
        rows.append((names[truth], total, cells))
    return {"names": names, "rows": rows, "longest": max(map(len, names), default=0)}


def _tint(count: int, total: int, *, right: bool) -> str:
    share = count / total if total else 0.0
    strength = RIGHT_TINT * share if right else WRONG_TINT * min(1.0, (4 * share) ** 0.5)
    return f"{strength:.2f}"
