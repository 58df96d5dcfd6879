"""A picture of a search for MLflow and documents: objective against cost."""

from typing import Any

from matplotlib.figure import Figure

from pipeline.report.style import BLUE, GREEN, ORANGE, new_figure
from pipeline.search.outcome.findings import Findings


def pareto_figure(findings: Findings) -> Figure:
    """Return objective against cost of the completed trials, a line through the Pareto front with the ids of trials."""
    figure = new_figure(7, 4)
    axis = figure.subplots()
    scored, front, cost = [row for row in findings.rows if row.score is not None], findings.front, findings.chart_cost
    axis.scatter(
        [cost(row) for row in scored], [row.objective for row in scored], s=22, color=BLUE, alpha=0.6, label="a trial"
    )
    axis.plot(
        [cost(row) for row in front],
        [row.objective for row in front],
        color=GREEN,
        marker="o",
        markersize=5,
        drawstyle="steps-post",
        label="Pareto front",
    )
    for row in front:
        axis.annotate(
            row.trial, (cost(row), row.objective), (-4, 3), textcoords="offset points", ha="right", fontsize=8
        )
    looks: list[tuple[str | None, str, dict[str, Any]]] = [
        (
            min(row.trial for row in scored),
            "first trial",
            {"s": 90, "marker": "s", "facecolor": "none", "linewidth": 2},
        ),
        (findings.recommended, "recommended", {"s": 170, "marker": "*", "zorder": 3, "facecolor": ORANGE}),
    ]
    for trial, label, look in looks:
        for row in scored:
            if row.trial == trial:
                axis.scatter([cost(row)], [row.objective], edgecolor=ORANGE, label=label, **look)
    axis.set_xlabel("milliseconds for one image" if findings.has_latency else "multiply-adds of an image (millions)")
    axis.set_ylabel(findings.objective)
    axis.grid(alpha=0.2)
    axis.legend(loc="best", fontsize=8)
    return figure
