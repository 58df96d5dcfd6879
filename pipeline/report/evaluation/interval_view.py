"""A figure with its interval: as text, and as a bar."""

import math
from typing import Any

from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.report.page.number_text import decimal_text, share_text


def interval_text(estimate: Estimate, *, share: bool = True) -> str:
    """Return the interval of a figure, such as `95.0–98.5%`; '' if it has none.

    Args:
        estimate: the figure.
        share: whether it is a share, written as a percentage.
    """
    if math.isnan(estimate.low) or math.isnan(estimate.high):
        return ""
    if not share:
        return f"{decimal_text(estimate.low)}–{decimal_text(estimate.high)}"
    return f"{_limit_text(estimate.low).removesuffix('%')}–{_limit_text(estimate.high)}"


def interval_view(estimate: Estimate, start: float) -> dict[str, Any]:
    """Return a share's text, and its bar in hundredths of the bar's width.

    Args:
        estimate: a share, from 0 to 1.
        start: the value at the bar's left end; the right end is 1.

    Returns:
        `value`, `interval` (texts); `low`, `width`, `at` (of the bar), None for what there is not.
    """
    view: dict[str, Any] = {
        "value": share_text(estimate.value),
        "interval": interval_text(estimate),
        "low": None,
        "width": None,
        "at": None if math.isnan(estimate.value) else f"{_place(estimate.value, start):.1f}",
    }
    if view["interval"]:
        low, high = _place(estimate.low, start), _place(estimate.high, start)
        view |= {"low": f"{low:.1f}", "width": f"{max(high - low, 0.5):.1f}"}
    return view


def bar_start(*lows: float) -> float:
    """Return where bars begin so that all `lows` lie on them: a tenth, 0.9 at most; NaN counts for nothing."""
    known = [low for low in lows if not math.isnan(low)]
    return min(0.9, math.floor(10 * max(0.0, min(known, default=0.0)) + 1e-9) / 10)


def _limit_text(value: float) -> str:
    """Return a limit as a percentage; near 0 and 1 with two decimals, rounded away from them."""
    if 0 < value < 0.0005:
        return f"{math.ceil(1e4 * value) / 1e2:.2f}%"
    return f"{math.floor(1e4 * value) / 1e2:.2f}%" if 0.9995 <= value < 1 else share_text(value)


def _place(value: float, start: float) -> float:
    return 100 * (min(max(value, start), 1.0) - start) / (1 - start)
