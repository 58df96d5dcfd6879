"""The charts on a search's page: score against cost, learning curves, all trials at once."""

from collections.abc import Sequence
from typing import Any

from pipeline.report.page.chart_axis import ChartAxis
from pipeline.report.page.plot_area import PlotArea
from pipeline.report.search.color_scale import scale_color
from pipeline.report.search.front_labels import front_labels
from pipeline.search.outcome.findings import Findings, short_name
from pipeline.search.outcome.ranking import TrialRow, as_loss

WIDTH, HEIGHT = 400, 262
LEFT, TOP, RIGHT, BOTTOM = 46, 10, 12, 38  # room beside the plot
ROOM = 0.06  # of an axis, beyond its values
MOST_AXES = 8  # of the chart of all trials; the least important values are left out
COLUMN = 64  # between two of them


def cost_chart(findings: Findings) -> dict[str, Any]:
    """Return objective against cost: a dot per completed trial, the Pareto front as a line with the trials' ids."""
    scored, cost = [row for row in findings.rows if row.score is not None], findings.chart_cost
    area = _area(_axis([cost(row) for row in scored]), _axis([row.objective for row in scored]))
    steps: list[tuple[float, float]] = []
    for row in findings.front:
        if steps:
            steps.append((cost(row), steps[-1][1]))
        steps.append((cost(row), row.objective))
    dots = [_dot(area, row, findings) for row in scored]
    important = sorted(findings.front, key=lambda row: (row.trial != findings.recommended, -cost(row)))
    return {
        "area": area, "width": WIDTH, "height": HEIGHT, "line": area.path(steps),
        "x_label": "milliseconds for one image" if findings.has_latency else "million multiply-adds",
        "labels": front_labels(area, [(row.trial, area.x(cost(row)), area.y(row.objective)) for row in important]),
        "dots": sorted(dots, key=lambda dot: bool(dot["kind"])),
        "kinds": {dot["kind"] for dot in dots},
    }  # fmt: skip


def curves_chart(findings: Findings) -> dict[str, Any] | None:
    """Return validation accuracy by epoch of all trials; None if no trial has more than one epoch."""
    curves = {row.trial: row.curve for row in findings.rows if row.curve}
    most = max((len(curve) for curve in curves.values()), default=0)
    if most < 2:
        return None
    axis = _axis([value for curve in curves.values() for value in curve], most=1.0)
    area = _area(ChartAxis(1, most, logarithmic=False), axis)
    best = findings.best[0].trial
    lines = []
    for trial in sorted(curves, key=lambda trial: trial == best):  # the best one on top
        points = [(float(epoch), value) for epoch, value in enumerate(curves[trial], 1)]
        dot = (area.x(points[0][0]), area.y(points[0][1])) if len(points) == 1 else None
        lines.append({"trial": trial, "best": trial == best, "path": area.path(points), "dot": dot})
    return {"area": area, "width": WIDTH, "height": HEIGHT, "lines": lines, "x_label": "epoch", "best": best}


def trials_chart(findings: Findings, names: Sequence[str]) -> dict[str, Any] | None:
    """Return parallel coordinates: a line per trial through its values and its score; None for a single trial.

    Args:
        findings: of the search.
        names: the values to show, in order; the first eight.
    """
    rows = findings.best
    if len(rows) < 2:
        return None
    shown = [name for name in names if len({str(row.values.get(name)) for row in rows}) > 1][:MOST_AXES]
    columns = [_column(short_name(name), [row.values.get(name) for row in rows]) for name in shown]
    columns.append(_column(findings.score_name, [row.score for row in rows]))
    width, top, height = COLUMN * len(columns), 34, 210
    shares = _goodness(findings)
    lines = []
    for index, row in reversed(list(enumerate(rows))):  # the best one on top
        points = [
            (COLUMN * (place + 0.5), round(top + height * (1 - column["places"][index]), 1))
            for place, column in enumerate(columns)
            if column["places"][index] is not None
        ]
        lines.append(
            {
                "path": "M" + "L".join(f"{x:g} {y:g}" for x, y in points),
                "color": scale_color(shares[index]),
                "strong": shares[index] > 0.9,
                "text": f"trial {row.trial}: {row.score:.4f}",
            }
        )
    scores = [row.score or 0.0 for row in rows]
    worst, best = (max(scores), min(scores)) if findings.objective == "val_loss" else (min(scores), max(scores))
    axes = [{**column, "x": COLUMN * (place + 0.5)} for place, column in enumerate(columns)]
    return {
        "width": width,
        "height": top + height + 20,
        "top": top,
        "bottom": top + height,
        "axes": axes,
        "lines": lines,
        "worst": f"{worst:.4f}",
        "best": f"{best:.4f}",
        "left_out": len(names) - len(shown),
    }


def _dot(area: PlotArea, row: TrialRow, findings: Findings) -> dict[str, Any]:
    kind = "chosen" if row.trial == findings.recommended else "first" if row.trial == findings.rows[0].trial else ""
    kind = kind or ("early" if row.budget and row.budget < _most_epochs(findings) else "")
    text = f"trial {row.trial}: {row.objective:.4f}, {row.multiply_adds / 1e6:.1f}M multiply-adds"
    if row.cost.latency_ms is not None:
        text += f", {row.cost.latency_ms:.2f} ms"
    return {"x": area.x(findings.chart_cost(row)), "y": area.y(row.objective), "kind": kind, "text": text}


def _most_epochs(findings: Findings) -> int:
    return max((row.budget or 0 for row in findings.rows), default=0)


def _area(x_axis: ChartAxis, y_axis: ChartAxis) -> PlotArea:
    return PlotArea(LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM, x_axis, y_axis)


def _axis(values: Sequence[float], most: float = float("inf")) -> ChartAxis:
    low, high = min(values), max(values)
    room = ROOM * (high - low) or 0.05 * abs(high) or 0.5
    return ChartAxis(max(low - room, 0.0), min(high + room, max(most, low)) or 1.0, logarithmic=False, whole=False)


def _column(title: str, values: Sequence[Any]) -> dict[str, Any]:
    """Return an axis of parallel coordinates: where each value lies from 0 to 1, and what is at its ends."""
    known = [value for value in values if value is not None]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        low, high = min(known), max(known)
        span = (high - low) or 1.0
        places = [None if value is None else (value - low) / span for value in values]
        return {"title": title, "places": places, "low": f"{low:.4g}", "high": f"{high:.4g}"}
    words = sorted({str(value) for value in known})
    steps = max(len(words) - 1, 1)
    places = [None if value is None else words.index(str(value)) / steps for value in values]
    return {"title": title, "places": places, "low": words[0].lower(), "high": words[-1].lower()}


def _goodness(findings: Findings) -> list[float]:
    """Return, for the best trials in their order, 0 for the worst score to 1 for the best."""
    losses = [as_loss(row.score or 0.0, findings.config) for row in findings.best]
    span = (max(losses) - min(losses)) or 1.0
    return [(max(losses) - loss) / span for loss in losses]
