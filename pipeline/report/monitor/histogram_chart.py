"""A chart of the values of a measure: the reference as an area, the new images as a line."""

from typing import Any

import numpy as np

from pipeline.report.monitor.monitor_content import MonitorHistogram
from pipeline.report.page.chart_axis import SPAN, ChartAxis

BARS = 24
LEFT, WIDTH, BOTTOM, HEIGHT = 12.0, 376.0, 150.0, 138.0  # of the plot, in the chart's units


def histogram_chart(histogram: MonitorHistogram) -> dict[str, Any]:
    """Return what the template draws: `area` and `line`, paths of shares of images, and `ticks` (x, text).

    Args:
        histogram: of a measure; its values are finite.
    """
    both = np.concatenate([histogram.reference, histogram.new])
    axis = _axis(float(both.min()), float(both.max()))
    shares = [_shares(axis, values) for values in (histogram.reference, histogram.new)]
    highest = max(float(share.max()) for share in shares)
    outlines = [_outline(share / highest) for share in shares]
    return {
        "title": histogram.title,
        "alarm": histogram.alarm,
        "area": outlines[0],
        "line": outlines[1],
        "ticks": [(round(LEFT + WIDTH * place, 1), text) for place, text in axis.ticks()],
        "medians": [f"{float(np.median(values)):,.4g}" for values in (histogram.reference, histogram.new)],
        "logarithmic": axis.logarithmic,
    }


def _axis(low: float, high: float) -> ChartAxis:
    if low > 0 and high / low > SPAN:
        return ChartAxis(low / 1.05, high * 1.05, logarithmic=True, whole=False)
    room = 0.04 * (high - low) or max(abs(low) * 0.1, 1e-6)
    return ChartAxis(low - room, high + room, logarithmic=False, whole=False)


def _shares(axis: ChartAxis, values: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    places = np.clip((axis.places(values) * BARS).astype(np.int64), 0, BARS - 1)
    return np.bincount(places, minlength=BARS) / len(values)


def _outline(heights: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    """Return an SVG path along the tops of the bars, from the axis and back to it."""
    step = WIDTH / len(heights)
    tops = "".join(f"V{BOTTOM - HEIGHT * height:.1f}h{step:.2f}" for height in heights.tolist())
    return f"M{LEFT:.1f} {BOTTOM:.1f}{tops}V{BOTTOM:.1f}"
