"""Pictures of a search: score against cost, importance of values, all trials at once, learning curves."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.report.style import BLUE, GREEN, MUTED, ORANGE, new_figure
from pipeline.search.outcome.findings import short_name

MOST_AXES = 12  # of parallel coordinates; the least important values are left out
MOST_BARS = 15


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


def importance_figure(shares: Mapping[str, float]) -> Figure:
    """Return a bar for each searched value, the most important on top."""
    shown = dict(list(shares.items())[:MOST_BARS])
    figure = new_figure(7, 0.26 * len(shown) + 0.8)
    axis = figure.subplots()
    axis.barh(list(shown)[::-1], list(shown.values())[::-1], color=BLUE)
    axis.set_xlabel("share of what explains the scores (permutation importance)")
    axis.tick_params(axis="y", length=0)
    return figure


def parallel_figure(trials: pd.DataFrame, names: Sequence[str], objective: str, *, less_is_better: bool) -> Figure:
    """Return parallel coordinates: a line per completed trial through its values and its score, darker if better.

    Args:
        trials: a row per trial with a column per value, `score` among them.
        names: the values to show, in order; the first twelve.
        objective: what the score is.
        less_is_better: whether a lower score is better.
    """
    shown = list(names)[:MOST_AXES]
    scored = trials.dropna(subset="score")
    figure = new_figure(max(7, 0.85 * (len(shown) + 1)), 3.8)
    axis = figure.subplots()
    columns = [_unit(scored[name], axis, place) for place, name in enumerate(shown)]
    columns.append(_unit(scored["score"], axis, len(shown)))
    rank = scored["score"].rank(ascending=not less_is_better, pct=True).to_numpy()
    colors = mpl.colormaps["viridis_r"](rank)
    for index in np.argsort(rank):
        heights = [column[index] for column in columns]
        axis.plot(
            range(len(columns)), heights, color=colors[index], alpha=0.15 + 0.85 * rank[index] ** 3, linewidth=1.5
        )
    for place in range(len(columns)):
        axis.axvline(place, color=MUTED, linewidth=0.8, zorder=0)
    axis.set_xticks(range(len(columns)), [*map(short_name, shown), objective], rotation=30, ha="right")
    axis.set_yticks([])
    axis.spines[["left", "bottom"]].set_visible(False)
    axis.set_ylim(-0.12, 1.12)
    return figure


def trial_curves_figure(curves: Mapping[str, Sequence[float]], best: str | None) -> Figure:
    """Return validation accuracy by epoch of every trial, the best one colored.

    Args:
        curves: one for each trial.
        best: the trial to color.
    """
    figure = new_figure(7, 3.4)
    axis = figure.subplots()
    for trial, curve in curves.items():
        epochs = range(1, len(curve) + 1)
        axis.plot(epochs, curve, color=MUTED, alpha=0.35, linewidth=1, marker="o", markersize=3)
        if trial == best:
            style: dict[str, Any] = {"color": ORANGE, "linewidth": 2, "marker": "o", "markersize": 4, "zorder": 3}
            axis.plot(epochs, curve, label=f"trial {trial}", **style)
            axis.legend(loc="lower right")
    axis.set_xlim(0.5, max((len(curve) for curve in curves.values()), default=1) + 0.5)
    axis.set_xlabel("epoch")
    axis.set_ylabel("validation accuracy")
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.grid(alpha=0.2)
    return figure


def _unit(column: pd.Series, axis: Axes, place: int) -> np.ndarray:
    """Return the column scaled to 0…1, and write its ends on the axis at `place`."""
    if column.dtype.kind not in "if":
        column = column.astype("category").cat.codes
    values = column.to_numpy(float)
    low, high = values.min(), values.max()
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    for height, value in ((-0.05, low), (1.05, high)):
        axis.text(place, height, f"{value:.4g}", ha="center", va="center", fontsize=7, color=MUTED, bbox=paper)
    return (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
