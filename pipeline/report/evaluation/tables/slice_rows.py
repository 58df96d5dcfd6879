"""Groups of images on which the model is better or worse."""

from collections.abc import Sequence
from typing import Any

from pipeline.base.printable import printable
from pipeline.evaluation.slices.worst_slices import Slice
from pipeline.report.evaluation.interval_view import bar_start, interval_view
from pipeline.report.page.number_text import share_text

MOST_ROWS = 40


def slice_rows(slices: Sequence[Slice]) -> dict[str, Any]:
    """Return what the template shows: the findings, then the others, as far as there is room.

    Args:
        slices: worst first.
    """
    findings = [one for one in slices if one.is_finding]
    others = [one for one in slices if not one.is_finding]
    shown = [*findings, *others][:MOST_ROWS]
    start = bar_start(*(one.accuracy.low for one in shown))
    return {
        "start": f"{start:.0%}",
        "findings": len(findings),
        "total": len(slices),
        "rows": [
            {
                "column": printable(one.column.replace("_", " ")),
                "value": printable(one.value),
                "images": f"{one.images:,}",
                "errors": f"{one.errors:,}",
                "rest": share_text(one.rest),
                "chance": chance_text(one.p_value),
                "finding": one.is_finding,
                "accuracy": interval_view(one.accuracy, start),
            }
            for one in shown
        ],
    }


def chance_text(p_value: float) -> str:
    """Return a probability of chance with two significant digits, such as `0.031` or `<0.001`."""
    if p_value < 0.001:
        return "<0.001"
    return f"{p_value:.3f}" if p_value < 0.1 else f"{p_value:.2f}"
