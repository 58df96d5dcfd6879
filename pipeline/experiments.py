"""Print the newest training runs: what changed, accuracies, minutes: `python -m pipeline.experiments [EXPERIMENT]`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.base.command import run_command
from pipeline.base.paths import project_root
from pipeline.config.params_file import read_params

if TYPE_CHECKING:
    from rich.table import Table

    from pipeline.tracking.runs.run_list import RunRow

COMMAND = "python -m pipeline.experiments"
SHOWN = 20
ID_DIGITS = 8  # of a run's id, enough to name it


def main(root: Path, most: int = SHOWN, experiment: str | None = None) -> "list[RunRow]":
    """Return the newest training runs of an MLflow experiment, the newest first.

    Args:
        root: the project's folder.
        most: how many at most.
        experiment: name in MLflow; that of params.yaml if it is None.

    Raises:
        PipelineError: the tracking server does not answer, or there is no such experiment.
    """
    from pipeline.tracking.runs.run_list import list_runs

    return list_runs(read_params(root).tracking, root, most, experiment)


def table(rows: "list[RunRow]") -> "Table":
    """Return the runs as a table for the terminal."""
    from rich.table import Table

    shown = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for head in ("run", "began", "experiment", "set besides conf/"):
        shown.add_column(head, no_wrap=head in ("run", "began"), overflow="fold")
    for head in ("validation", "test", "minutes", "model"):
        shown.add_column(head, justify="right", no_wrap=True)
    for row in rows:
        accuracies = ["" if value is None else f"{value:.4f}" for value in (row.validation, row.test)]
        minutes = "" if row.minutes is None else f"{row.minutes:.1f}"
        began = f"{row.began:%b %d %H:%M}"
        shown.add_row(
            row.run_id[:ID_DIGITS], began, row.experiment or "–", row.changed or "–", *accuracies, minutes, row.state
        )
    return shown


def _command() -> None:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Print the newest training runs: the first digits of the run's id, what was set besides conf/, "
        "validation accuracy of the saved epoch, test accuracy, minutes of training, registered version.",
    )
    parser.add_argument("experiment", nargs="?", help="MLflow experiment (default: the one of params.yaml)")
    parser.add_argument("-n", "--most", type=int, default=SHOWN, help=f"how many at most (default: {SHOWN})")
    arguments = parser.parse_args()
    if arguments.most < 1:
        parser.error(f"--most must be at least 1, got {arguments.most}")
    from rich.console import Console

    rows = main(project_root(), arguments.most, arguments.experiment)
    if not rows:
        print("no training runs yet; make one with: dvc repro")
        return
    Console(highlight=False, soft_wrap=False).print(table(rows))


if __name__ == "__main__":
    run_command(_command)
