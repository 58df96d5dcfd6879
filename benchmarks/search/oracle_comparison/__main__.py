"""Does a search find better networks than random choice, and which oracle finds them first?

    python -m benchmarks.search.oracle_comparison train [--processes 2]   train a small space: 80 minutes
    python -m benchmarks.search.oracle_comparison replay [--seeds 50]     replay every oracle on it: half an hour
    python -m benchmarks.search.oracle_comparison epochs                  how well few epochs foretell the order

The first command writes docs/oracle_comparison.csv: each of 128 networks on the digits, trained with two seeds. It can
be stopped and started again. The second prints a table; with --write it also puts the table into docs/search.md, with a
chart. A replayed search observes one training of each network that it tries. The regret after a trial is the accuracy
of the best network, minus that of the network with the best observed score so far, both as means over the seeds.
"""

import argparse
import multiprocessing
import sys

from benchmarks.generated_part import replace_part
from benchmarks.search.oracle_comparison.compared_oracles import contenders, replay_task
from benchmarks.search.oracle_comparison.epoch_ranks import rank_correlations
from benchmarks.search.oracle_comparison.regret_table import AFTER, draw_regrets, regret_table
from benchmarks.search.oracle_comparison.replayed_search import Step
from benchmarks.search.oracle_comparison.trained_table import TABLE, read_table, train_table
from benchmarks.stage_times import ROOT
from pipeline.base.progress_bar import ProgressBar

PAGE, CHART, PART = ROOT / "docs/search.md", ROOT / "docs/oracle_comparison.png", "oracles"


def main() -> None:
    """Train the table, or replay searches on it and print their regrets."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search.oracle_comparison",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", choices=("train", "replay", "epochs"))
    parser.add_argument("--processes", type=int, default=2, help="that work side by side (default: 2)")
    parser.add_argument("--seeds", type=int, default=50, help="searches of each oracle (default: 50)")
    parser.add_argument("--write", action="store_true", help="put table and chart of the replays into docs/")
    arguments = parser.parse_args()
    if arguments.action == "train":
        train_table(TABLE, arguments.processes)
        return
    if arguments.action == "epochs":
        for epoch, correlation in enumerate(rank_correlations(read_table()), 1):
            print(f"epoch {epoch}: rank correlation {correlation:.3f} with the best accuracy of another seed")
        return
    runs = replay_all(arguments.seeds, arguments.processes)
    table = regret_table(runs)
    print(table, end="")
    if arguments.write:
        PAGE.write_text(replace_part(PAGE.read_text(), PART, table))
        draw_regrets(runs, CHART)


def replay_all(seeds: int, processes: int) -> dict[str, list[list[Step]]]:
    """Return the replayed searches of each oracle; exit if there is no table of trainings.

    Args:
        seeds: searches of each oracle.
        processes: that replay side by side.
    """
    runs: dict[str, list[list[Step]]] = {one.name: [] for one in contenders()}
    if not read_table():
        sys.exit("error: no table of trainings; make it first: python -m benchmarks.search.oracle_comparison train")
    tasks = [(name, max(AFTER), seed) for seed in range(seeds) for name in runs]
    with (
        multiprocessing.get_context("spawn").Pool(processes) as pool,
        ProgressBar("replaying searches", len(tasks), "searches") as bar,
    ):
        for name, steps in pool.imap(replay_task, tasks):
            runs[name].append(steps)
            bar.advance(1)
    return runs


if __name__ == "__main__":
    main()
