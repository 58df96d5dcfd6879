"""Does a search find better networks than random choice, and which oracle finds them first?

    python -m benchmarks.search.oracle_comparison train [--processes 2]   train a small space: about an hour
    python -m benchmarks.search.oracle_comparison replay [--seeds 50]     replay every oracle on it: half an hour

The first command writes docs/oracle_comparison.csv: each of 128 networks on the digits, trained with two seeds. It can
be stopped and started again. A replayed search observes one training of each network that it tries. The regret after a
trial is the accuracy of the best network, minus that of the network with the best observed score so far, both as means
over the seeds.
"""

import argparse
import multiprocessing
import random
import sys
from collections.abc import Sequence
from statistics import mean

from benchmarks.search.oracle_comparison.compared_oracles import contenders, mean_regrets, regret_at
from benchmarks.search.oracle_comparison.replayed_search import Step
from benchmarks.search.oracle_comparison.trained_table import TABLE, read_table, train_table
from pipeline.base.progress_bar import ProgressBar

AFTER = (5, 10, 20, 30)  # trials


def main() -> None:
    """Train the table, or replay searches on it and print their regrets."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search.oracle_comparison",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", choices=("train", "replay"))
    parser.add_argument("--processes", type=int, default=2, help="that work side by side (default: 2)")
    parser.add_argument("--seeds", type=int, default=50, help="searches of each oracle (default: 50)")
    arguments = parser.parse_args()
    if arguments.action == "train":
        train_table(TABLE, arguments.processes)
        return
    for line in replay_all(arguments.seeds, arguments.processes):
        print(line)


def replay_all(seeds: int, processes: int) -> list[str]:
    """Return a Markdown table of the regrets; exit if there is no table of trainings.

    Args:
        seeds: searches of each oracle.
        processes: that replay side by side.
    """
    runs: dict[str, list[list[Step]]] = {one.name: [] for one in contenders()}
    if not read_table():
        sys.exit("error: no table of trainings; make it first: python -m benchmarks.search.oracle_comparison train")
    tasks = [(name, seed) for seed in range(seeds) for name in runs]
    with (
        multiprocessing.get_context("spawn").Pool(processes) as pool,
        ProgressBar("replaying searches", len(tasks), "searches") as bar,
    ):
        for name, steps in pool.imap_unordered(_replay, tasks):
            runs[name].append(steps)
            bar.advance(1)
    budget = median_seconds(runs["random order"])
    return [
        "| oracle | " + " | ".join(f"after {count} trials" for count in AFTER) + f" | after {budget:.0f} CPU s |",
        "|---" * (len(AFTER) + 2) + "|",
        *(regret_line(name, found, budget) for name, found in runs.items()),
    ]


def _replay(task: tuple[str, int]) -> tuple[str, list[Step]]:
    """Replay one search in a process of the pool."""
    name, seed = task
    contender = next(one for one in contenders() if one.name == name)
    return name, contender.run(read_table(), max(AFTER), seed)


def regret_line(name: str, runs: Sequence[list[Step]], budget: float) -> str:
    """Return a row: mean regrets in points of accuracy, with 95% intervals over the searches."""
    cells = []
    for count in AFTER:
        regrets = [mean_regrets([steps], count)[-1] for steps in runs]
        cells.append(with_interval(regrets))
    within = [regret for steps in runs if (regret := regret_at(steps, budget)) is not None]
    return f"| {name} | " + " | ".join([*cells, with_interval(within)]) + " |"


def with_interval(regrets: Sequence[float], draws: int = 2000) -> str:
    """Return a mean in points with its bootstrap interval."""
    draw = random.Random(0)
    means = sorted(mean(draw.choices(regrets, k=len(regrets))) for _ in range(draws))
    low, high = means[int(draws * 0.025)], means[int(draws * 0.975)]
    return f"{100 * mean(regrets):.2f} ({100 * low:.2f}–{100 * high:.2f})"


def median_seconds(runs: Sequence[list[Step]]) -> float:
    """Return the training time of ten trials."""
    return sorted(steps[9].cpu_seconds for steps in runs)[len(runs) // 2]


if __name__ == "__main__":
    main()
