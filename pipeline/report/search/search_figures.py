"""A picture of a search for MLflow and documents: score against cost."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from pipeline.report.style import BLUE, GREEN, ORANGE, new_figure


def pareto_figure(trials: pd.DataFrame, front: Sequence[str], objective: str, recommended: str | None) -> Figure:
    """Return score against multiply-adds of the completed trials, the Pareto front joined by a line.

    Args:
        trials: a row per trial: trial, score (NaN where there is none), multiply_adds.
        front: trials on the front.
        objective: what the score is.
        recommended: the trial to mark, if any.
    """
    figure = new_figure(7, 4)
    axis = figure.subplots()
    scored = trials.dropna(subset="score")
    axis.scatter(scored["multiply_adds"] / 1e6, scored["score"], s=22, color=BLUE, alpha=0.6, label="a trial")
    line = scored[scored["trial"].isin(front)].sort_values("multiply_adds")
    axis.plot(
        line["multiply_adds"] / 1e6,
        line["score"],
        color=GREEN,
        marker="o",
        markersize=5,
        drawstyle="steps-post",
        label="Pareto front",
    )
    looks: list[tuple[str | None, str, dict[str, Any]]] = [
        (scored["trial"].min(), "first trial", {"s": 90, "marker": "s", "facecolor": "none", "linewidth": 2}),
        (recommended, "recommended", {"s": 170, "marker": "*", "zorder": 3, "facecolor": ORANGE}),
    ]
    for trial, label, look in looks:
        one = scored[scored["trial"] == trial]
        if len(one):
            axis.scatter(one["multiply_adds"] / 1e6, one["score"], edgecolor=ORANGE, label=label, **look)
    axis.set_xlabel("multiply-adds of an image (millions)")
    axis.set_ylabel(objective)
    axis.grid(alpha=0.2)
    axis.legend(loc="best", fontsize=8)
    return figure
