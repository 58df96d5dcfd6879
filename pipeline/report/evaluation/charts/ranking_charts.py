"""ROC and precision-recall curves: all classes together, and some single ones."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.scores.ranking_curves import RankingCurves
from pipeline.report.evaluation.charts.line_chart import ChartLine, line_chart
from pipeline.report.page.chart_axis import ChartAxis
from pipeline.report.page.plot_area import share_axis

MICRO = "micro average"
MOST_CLASSES = 5  # that can be told apart
CORNER, NEAR = 0.8, 0.1  # where all curves come nearer to 1 than `NEAR`, what is below `CORNER` is left out


def ranking_charts(curves: Mapping[str, RankingCurves]) -> list[dict[str, Any]]:
    """Return the two charts.

    Args:
        curves: by class, the first five of which are drawn; and that of all classes together, `micro average`.
    """
    names = [name for name in curves if name != MICRO][:MOST_CLASSES]
    kinds = {name: f"line{place}" for place, name in enumerate(names, 1)}
    kinds |= {MICRO: "micro"} if MICRO in curves else {}
    if not kinds:
        return []
    roc = [ChartLine(name, kind, _points(curves[name].roc)) for name, kind in kinds.items()]
    ranked = [ChartLine(name, kind, _points(curves[name].precision_recall)) for name, kind in kinds.items()]
    corner = max(_distance(line.points) for line in ranked) < NEAR
    upper = share_axis(CORNER if corner else 0.0)
    left = ChartAxis(0.0, 1 - CORNER if corner else 1.0, logarithmic=False, whole=False)
    note = f"Only the corner above {CORNER:.0%} is drawn." if corner else ""
    return [
        line_chart("Precision and recall", ("recall", "precision"), (upper, upper), ranked, note=note),
        line_chart(
            "ROC curve", ("false positive rate", "recall"), (left, upper), roc, diagonal=not corner,
            note=note and f"Only the corner below {1 - CORNER:.0%} and above {CORNER:.0%} is drawn.",
        ),
    ]  # fmt: skip


def _distance(points: Sequence[tuple[float, float]]) -> float:
    """Return how far a curve's best point is from recall and precision 1."""
    return min((max(1 - x, 1 - y) for x, y in points), default=1.0)


def _points(curve: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in curve)
