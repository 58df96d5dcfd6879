"""Lines in a chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.base.printable import printable
from pipeline.report.page.chart_axis import ChartAxis
from pipeline.report.page.plot_area import PlotArea

WIDTH, HEIGHT = 400, 262
LEFT, TOP, RIGHT, BOTTOM = 46, 10, 12, 38  # room beside the lines


@dataclass(frozen=True)
class ChartLine:
    """A line in a chart.

    Attributes:
        name: for the legend, any text.
        kind: CSS class that gives it its color.
        points: (x, y) from left to right.
    """

    name: str
    kind: str
    points: tuple[tuple[float, float], ...]


def line_chart(
    title: str,
    labels: tuple[str, str],
    axes: tuple[ChartAxis, ChartAxis],
    lines: Sequence[ChartLine],
    *,
    mark: tuple[float, str] | None = None,
    diagonal: bool = False,
    note: str = "",
) -> dict[str, Any]:
    """Return what the template draws.

    Args:
        title: of the chart.
        labels: of the x and the y axis.
        axes: x and y.
        lines: to draw, the last one on top.
        mark: an x value with a vertical line, and what it means.
        diagonal: whether the line y = x is drawn, dotted.
        note: a sentence below it, in place of the mark's.
    """
    area = PlotArea(LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM, *axes)
    start, end = max(axes[0].low, axes[1].low), min(axes[0].high, axes[1].high)
    return {
        "title": title,
        "width": WIDTH,
        "height": HEIGHT,
        "area": area,
        "x_label": labels[0],
        "y_label": labels[1],
        "lines": [(printable(line.name), line.kind, area.path(line.points)) for line in lines],
        "dots": [(line.kind, area.x(line.points[0][0]), area.y(line.points[0][1])) for line in lines
                 if len(line.points) == 1],
        "mark": None if mark is None else (area.x(mark[0]), mark[1]),
        "note": note,
        "diagonal": area.path([(start, start), (end, end)]) if diagonal else "",
    }  # fmt: skip
