"""The tables of docs/results.md, from MLflow runs.

    python -m benchmarks.results record [--uri sqlite:///mlflow.db] EXPERIMENT ...
    python -m benchmarks.results search NAME PROJECT
    python -m benchmarks.results render

`record` adds the evaluated runs of the named experiments to docs/results.csv, one row per run; `search` copies the
tables and the picture of PROJECT's last search to docs/searches/NAME; each also renders the page. `render` writes the
generated part of docs/results.md from all of them. A test checks that the page is up to date.
"""

import argparse
from pathlib import Path

from benchmarks.results.recorded_runs import RUNS, evaluated_runs, read_rows, record_rows
from benchmarks.results.recorded_searches import record_search
from benchmarks.results.results_page import write_page
from benchmarks.stage_times import ROOT


def main() -> None:
    """Record runs or a search if asked to, then render the page."""
    arguments = parse_arguments()
    if arguments.command == "record":
        rows = evaluated_runs(arguments.uri, arguments.experiments)
        record_rows(rows)
        total = len(read_rows())
        names = ", ".join(arguments.experiments)
        print(f"{len(rows)} runs of {names} recorded; {RUNS.relative_to(ROOT)} has {total}")
    if arguments.command == "search":
        record_search(arguments.project, arguments.name)
    write_page()


def parse_arguments() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.results",
        description="Record evaluated MLflow runs and finished searches; render docs/results.md from them.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    record = commands.add_parser("record", help="add the evaluated runs of experiments to docs/results.csv")
    record.add_argument("experiments", nargs="+", metavar="EXPERIMENT")
    record.add_argument("--uri", default=f"sqlite:///{ROOT / 'mlflow.db'}", help="of the MLflow store")
    search = commands.add_parser("search", help="copy a finished search's tables and picture to docs/searches")
    search.add_argument("name", metavar="NAME", help="of the folder in docs/searches")
    search.add_argument("project", metavar="PROJECT", type=Path, help="the folder in which python -m pipeline.tune ran")
    commands.add_parser("render", help="write docs/results.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
