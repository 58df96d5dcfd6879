"""A recorded search as a section of docs/results.md."""

import csv
from pathlib import Path

from pipeline.base.markdown import markdown_table
from pipeline.search.outcome.findings import COLUMNS, short_name
from pipeline.training.history import LOWER_IS_BETTER

SHOWN = 5  # trials in the table
NO_VALUES = (*COLUMNS, "objective", "val_accuracy", "latency_ms")  # columns of trials.csv that are no searched values
OBJECTIVES = {"val_accuracy": "validation accuracy", "val_loss": "validation loss", "score": "score"}


def search_section(folder: Path) -> str:
    """Return picture and tables of a search, from the trials.csv and retrained.csv in `folder`."""
    trials, retrained = _read(folder / "trials.csv"), _read(folder / "retrained.csv")
    completed = [row for row in trials if row["status"] == "COMPLETED"]
    objective = trials[0]["objective"]
    score, sign = OBJECTIVES[objective], 1 if LOWER_IS_BETTER.get(objective) else -1
    best = sorted(completed, key=lambda row: (sign * float(row["score"]), int(row["multiply_adds"])))[:SHOWN]
    names = [name for name in trials[0] if name not in NO_VALUES]
    text = (
        f"\n### Search: {folder.name}\n\n"
        f"![{score} against multiply-adds](searches/{folder.name}/pareto.png)\n\n"
        f"{len(completed)} trials completed, {len(trials) - len(completed)} did not; the {len(best)} best:\n\n"
    )
    text += _table(
        ["trial", score, "multiply-adds", *map(short_name, names)],
        [[row["trial"], *_figures(row, "score"), *(row[name] for name in names)] for row in best],
    )
    if retrained:
        text += "\nRetrained on all training images, beside the configured network:\n\n" + _table(
            ["trial", score, "multiply-adds", "± over seeds", "seeds"],
            [[row["trial"], *_figures(row, "mean"), f"{float(row['spread']):.4f}", row["seeds"]] for row in retrained],
        )
    return text


def _table(heads: list[str], rows: list[list[str]]) -> str:
    return markdown_table(heads, rows, "l" + "r" * (len(heads) - 1))


def _figures(row: dict[str, str], score: str) -> tuple[str, str]:
    return f"{float(row[score]):.4f}", f"{int(row['multiply_adds']) / 1e6:.1f}M"


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
