"""Charts of an audit: how large and how bright the images are."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.report.page.chart_axis import ChartAxis, fitting_axis

CELLS = 24  # on each side of the chart of sizes
BARS = 32  # of the chart of brightness
LEVELS = 5  # of color, in the chart of sizes
MOST_COMMON = 3
COMMON = 0.01  # share of the images, at least


def size_chart(widths: NDArray[np.int64], heights: NDArray[np.int64]) -> dict[str, Any]:
    """Return what the template draws of the images' sizes; places are shares of the chart's sides, from 0 to 1.

    Args:
        widths: in pixels, at least one.
        heights: in pixels, as many.

    Returns:
        `cells` (x, y, width, height, level 1 to 5, text), empty if all images are of one size; `ticks`;
        `common` (size, share of images), the most frequent first; `distinct`; `facts` (label, text).
    """
    sizes, numbers = np.unique(np.stack([widths, heights], axis=1), axis=0, return_counts=True)
    share = numbers / len(widths)
    order = np.argsort(-numbers, kind="stable")[:MOST_COMMON]
    chart: dict[str, Any] = {
        "common": [(_size(*sizes[one]), f"{share[one]:.0%}") for one in order if share[one] >= COMMON],
        "distinct": len(sizes),
        "facts": _size_facts(sizes, numbers),
        "cells": [],
    }
    if len(sizes) > 1:
        axis = fitting_axis(sizes)
        chart |= {"cells": _cells(axis, sizes, numbers), "ticks": axis.ticks(), "logarithmic": axis.logarithmic}
    return chart


def brightness_chart(brightness: NDArray[np.float32]) -> dict[str, Any]:
    """Return what the template draws of the images' brightness; places are shares of the chart's sides, 0 to 1.

    Args:
        brightness: means from 0 to 255, at least one that is not NaN.

    Returns:
        `bars` (x, width, height, text); `ticks` and `levels`, of the two axes; `median` (place, text).
    """
    values = np.clip(brightness[np.isfinite(brightness)].astype(np.float64), 0, 255)
    numbers, edges = np.histogram(values, BARS, (0, 256))
    scale = ChartAxis(0, max(float(numbers.max()) * 1.04, 1.0), logarithmic=False)
    bars = [
        (edges[one] / 256, 1 / BARS, number / scale.high, f"{edges[one]:.0f} to {edges[one + 1] - 1:.0f}: {number:,}")
        for one, number in enumerate(numbers.tolist())
        if number
    ]
    median = float(np.median(values))
    return {
        "bars": bars,
        "ticks": [(value / 256, str(value)) for value in (0, 64, 128, 192, 255)],
        "levels": scale.ticks(),
        "median": (median / 256, f"{median:.0f}"),
    }


def _cells(axis: ChartAxis, sizes: NDArray[np.int64], numbers: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Return the cells of the grid that hold images, by row."""
    places = np.minimum((axis.places(sizes) * CELLS).astype(int), CELLS - 1)
    cells, member = np.unique(places[:, ::-1], axis=0, return_inverse=True)
    totals = np.bincount(member.ravel(), weights=numbers).astype(int)
    levels = np.ceil(LEVELS * np.log1p(totals) / np.log1p(totals.max())).astype(int)
    found = []
    for one, (row, column) in enumerate(cells.tolist()):
        inside = sizes[member.ravel() == one]
        low, high = inside.min(axis=0), inside.max(axis=0)
        text = _size(*low) if (low == high).all() else f"{_size(*low)} to {_size(*high)}"
        found.append(
            {
                "x": column / CELLS,
                "y": row / CELLS,
                "side": 1 / CELLS,
                "level": int(levels[one]),
                "text": f"{text}: {totals[one]:,}",
            }
        )
    return found


def _size_facts(sizes: NDArray[np.int64], numbers: NDArray[np.int64]) -> list[tuple[str, str]]:
    """Return the smallest, the median and the largest size, by area."""
    order = np.argsort(sizes[:, 0] * sizes[:, 1], kind="stable")
    middle = int(np.searchsorted(np.cumsum(numbers[order]), (numbers.sum() + 1) // 2))
    chosen = {"smallest": order[0], "median": order[middle], "largest": order[-1]}
    return [(label, _size(*sizes[one])) for label, one in chosen.items()]


def _size(width: int, height: int) -> str:
    return f"{width:,} × {height:,}"
