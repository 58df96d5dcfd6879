"""The reliability diagram: how often the model is right, by how sure it is."""

from collections.abc import Sequence
from typing import Any

from pipeline.evaluation.calibration.reliability import ReliabilityBin
from pipeline.report.evaluation.interval_view import interval_text
from pipeline.report.page.chart_axis import ChartAxis
from pipeline.report.page.number_text import counted, share_text
from pipeline.report.page.plot_area import PlotArea, share_axis

WIDTH, HEIGHT = 400, 366
LEFT, INNER = 46, 342  # left side and width of both panels
GAP = 1.5  # between bars

SMALL_GAP = 0.01  # between mean confidence and accuracy


def reliability_chart(bins: Sequence[ReliabilityBin]) -> dict[str, Any]:
    """Return what the template draws: accuracy with its interval against confidence, and below it numbers of images.

    Args:
        bins: from 0 to 1; those without images are not drawn.
    """
    filled = [one for one in bins if one.images]
    upper = PlotArea(LEFT, 10, INNER, 240, share_axis(), share_axis())
    most = max((one.images for one in filled), default=1)
    lower = PlotArea(LEFT, 268, INNER, 60, share_axis(), ChartAxis(0, max(1.05 * most, 1.0), logarithmic=False))
    points = [
        {
            "x": upper.x(one.confidence),
            "y": upper.y(one.accuracy.value),
            "low": upper.y(one.accuracy.low),
            "high": upper.y(one.accuracy.high),
            "bar": (lower.x(one.low) + GAP / 2, max(lower.x(one.high) - lower.x(one.low) - GAP, 1.0)),
            "bar_top": min(lower.y(one.images), lower.bottom - 1),
            "text": f"confidence {share_text(one.confidence)}: right {share_text(one.accuracy.value)} "
            f"({interval_text(one.accuracy)}), {counted(one.images, 'image')}",
            "cells": (f"{share_text(one.low)} to {share_text(one.high)}", f"{one.images:,}", share_text(one.confidence),
                      share_text(one.accuracy.value), interval_text(one.accuracy)),
        }
        for one in filled
    ]  # fmt: skip
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "upper": upper,
        "lower": lower,
        "points": points,
        "diagonal": upper.path([(0, 0), (1, 1)]),
        "most": f"{most:,}",
    }


def sureness(bins: Sequence[ReliabilityBin]) -> str:
    """Return in a sentence whether the model is right more or less often than it says; '' without images.

    Args:
        bins: from 0 to 1.
    """
    filled = [one for one in bins if one.images]
    images = sum(one.images for one in filled)
    if not images:
        return ""
    gap = sum(one.images * (one.accuracy.value - one.confidence) for one in filled) / images
    if abs(gap) < SMALL_GAP:
        return "On average the model is as sure as it should be. "
    return f"The model is right {'more' if gap > 0 else 'less'} often than it says. "
