"""Ids of trials beside the dots of the Pareto front, where there is room for them."""

from collections.abc import Sequence
from typing import Any

from pipeline.report.page.plot_area import PlotArea

DIGIT, HEIGHT = 7.5, 12.0  # of text, in the chart's units
GAP = 6.0  # between a dot's center and its label


def front_labels(area: PlotArea, points: Sequence[tuple[str, float, float]]) -> list[dict[str, Any]]:
    """Return text, x (its end) and y (its foot) of labels that do not cover each other; others are left out.

    A label is above its dot to the left, where no trial is: it would beat that of the front.

    Args:
        area: of the chart.
        points: id, x and y of each dot in the chart's units, the most important first.
    """
    placed: list[tuple[float, float, float, float]] = []
    labels = []
    for text, x, y in points:
        width = DIGIT * len(text)
        right, foot = max(x - GAP, area.left + width), max(y - GAP, area.top + HEIGHT)
        box = (right - width, foot - HEIGHT, right, foot)
        if not any(_overlap(box, other) for other in placed):
            placed.append(box)
            labels.append({"text": text, "x": round(right, 1), "y": round(foot, 1)})
    return labels


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
