"""How many images each class has: the rows of a table with a bar each."""

from typing import Any

import pandas as pd

from pipeline.base.printable import printable
from pipeline.report.page.number_text import counted

MOST_ROWS = 1000  # more classes are summed in a last row
LONG = 24  # longer tables scroll
DROPPED = "dropped"


def class_bars(counts: pd.DataFrame) -> dict[str, Any]:
    """Return the rows of the table.

    Args:
        counts: numbers of images, a row per class (index: its name); columns: of the splits or `images`, and
            `dropped`.

    Returns:
        `columns`; `rows` (name, numbers, segments of the bar as (column, start, width) from 0 to 100), in the order
        given, or the smallest if there are too many; `rest`, the row of the others, or None; `total`; `note`, a
        sentence and the smallest and the largest class; `long`, whether it needs to scroll.
    """
    kept = counts[[name for name in counts.columns if name != DROPPED]].sum(axis=1)
    shown, rest = counts, None
    if len(counts) > MOST_ROWS:
        order = kept.to_numpy().argsort(kind="stable")
        shown = counts.iloc[order[:MOST_ROWS]]
        others = counts.iloc[order[MOST_ROWS:]]
        rest = (f"{len(others):,} larger classes", [int(number) for number in others.sum()])
    longest = max(int(shown.sum(axis=1).max()), 1) if len(shown) else 1
    return {
        "columns": [(str(name), _kind(str(name))) for name in counts.columns],
        "rows": [
            (printable(str(name)), list(map(int, row)), _segments(list(map(str, counts.columns)), row, longest))
            for name, row in zip(shown.index, shown.to_numpy().tolist(), strict=True)
        ],
        "rest": rest,
        "total": [int(number) for number in counts.sum()],
        "note": _note(kept),
        "long": len(shown) > LONG,
    }


def _segments(columns: list[str], row: list[int], longest: int) -> list[tuple[str, str, str]]:
    segments, start = [], 0.0
    for name, number in zip(columns, row, strict=True):
        width = 100 * number / longest
        if number:
            segments.append((_kind(name), f"{start:.2f}", f"{width:.2f}"))
        start += width
    return segments


def _kind(column: str) -> str:
    """Return the CSS class of a column's color."""
    return column if column in ("train", "validation", "test", DROPPED) else "images"


def _note(kept: pd.Series) -> tuple[str, list[tuple[str, str, str]]]:
    """Return how many classes and images there are; and the smallest and the largest class, if they differ."""
    if not len(kept):
        return "There is no class.", []
    classes = f"{len(kept):,} class{'es' if len(kept) != 1 else ''}"
    if kept.nunique() == 1:
        return f"{classes} with {counted(int(kept.iloc[0]), 'image')}{' each' if len(kept) > 1 else ''}.", []
    ends = {"Smallest": int(kept.to_numpy().argmin()), "largest": int(kept.to_numpy().argmax())}
    named = [(label, printable(str(kept.index[one])), f"{kept.iloc[one]:,}") for label, one in ends.items()]
    return f"{classes} with {counted(int(kept.sum()), 'image')}.", named
