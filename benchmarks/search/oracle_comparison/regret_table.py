"""Regrets of replayed searches: means with bootstrap intervals, as a table and as a chart."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean

from benchmarks.search.oracle_comparison.compared_oracles import regret_at
from benchmarks.search.oracle_comparison.replayed_search import Step

AFTER = (5, 10, 20, 30)  # trials
BUDGET = 10  # trials of the random order, whose time is the last column's
DRAWN = (
    "random order",
    "Keras Tuner bayesian",
    "Keras Tuner hyperband",
    "bayesian, 5 initial",
    "bayesian, 10 initial",
    "hyperband",
)
HIGHEST = 5.0  # points of the chart: the first trials are worse
Runs = Mapping[str, Sequence[list[Step]]]


def regret_table(runs: Runs) -> str:
    """Return a Markdown table: a row for each oracle, regrets in points of accuracy.

    Args:
        runs: the replayed searches of each oracle, by its name.
    """
    budget = time_budget(runs)
    head = [f"after {count} trials" for count in AFTER] + [f"after {budget:.0f} s of training"]
    lines = [f"| oracle | {' | '.join(head)} |", "|---" * (len(head) + 1) + "|"]
    for name, searches in runs.items():
        cells = [_cell(regrets_after(searches, count)) for count in AFTER] + [_cell(regrets_within(searches, budget))]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def time_budget(runs: Runs) -> float:
    """Return the median processor time of `BUDGET` trials in a random order, in seconds."""
    searches = runs["random order"]
    return sorted(steps[BUDGET - 1].cpu_seconds for steps in searches)[len(searches) // 2]


def regrets_after(searches: Sequence[list[Step]], trials: int) -> list[float]:
    """Return each search's regret after this many trials; a search that ended before keeps its last."""
    return [steps[min(trials, len(steps)) - 1].regret for steps in searches]


def regrets_within(searches: Sequence[list[Step]], seconds: float) -> list[float]:
    """Return the regret after this much training, of the searches that had ended a trial by then."""
    return [regret for steps in searches if (regret := regret_at(steps, seconds)) is not None]


def mean_interval(regrets: Sequence[float], draws: int = 2000) -> tuple[float, float, float]:
    """Return mean, low and high end of the 95% bootstrap interval of the mean, in points of accuracy."""
    draw = random.Random(0)
    means = sorted(mean(draw.choices(regrets, k=len(regrets))) for _ in range(draws))
    return 100 * mean(regrets), 100 * means[int(draws * 0.025)], 100 * means[int(draws * 0.975)]


def _cell(regrets: Sequence[float]) -> str:
    average, low, high = mean_interval(regrets)
    return f"{average:.2f} ({low:.2f}–{high:.2f})"


def draw_regrets(runs: Runs, file: Path) -> None:
    """Draw the mean regrets of `DRAWN` by trial and by processor time, with intervals, as a PNG file."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    by_trial, by_time = figure.subplots(1, 2, sharey=True)
    trials, budget = range(1, max(AFTER) + 1), time_budget(runs)
    seconds = [budget * step / BUDGET for step in range(2, 3 * BUDGET + 1)]
    for number, name in enumerate(DRAWN):
        style = {"color": f"C{number}", "linestyle": "--" if name.startswith("Keras Tuner") else "-"}
        for axes, places, found in (
            (by_trial, trials, [regrets_after(runs[name], count) for count in trials]),
            (by_time, seconds, [regrets_within(runs[name], limit) for limit in seconds]),
        ):
            points = [
                (place, *mean_interval(regrets, 400)) for place, regrets in zip(places, found, strict=True) if regrets
            ]
            x, middle, low, high = zip(*points, strict=True)
            axes.plot(x, middle, label=name, **style)
            axes.fill_between(x, low, high, color=style["color"], alpha=0.12, linewidth=0)
    by_trial.set(xlabel="trials", ylabel="regret, points of validation accuracy", ylim=(0, HIGHEST))
    by_time.set(xlabel="processor seconds of training")
    by_time.legend(frameon=False, fontsize=9)
    for axes in (by_trial, by_time):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25)
    figure.savefig(file, dpi=110, metadata={"Software": None})
