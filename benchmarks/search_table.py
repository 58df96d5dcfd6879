"""A recorded search as a section of docs/results.md."""

import csv
from pathlib import Path

KEPT = ("trials.csv", "retrained.csv", "pareto.png")
SHOWN = 5  # trials in the table
OWN = ("trial", "status", "score", "parameters", "multiply_adds", "epochs", "reason", "objective")
WORDS = {"val_accuracy": "validation accuracy", "val_loss": "validation loss"}


def section(folder: Path) -> str:
    """Return picture and tables of the search of which `folder` keeps trials.csv, retrained.csv and pareto.png."""
    trials, again = _rows(folder / "trials.csv"), _rows(folder / "retrained.csv")
    done = [row for row in trials if row["status"] == "COMPLETED"]
    objective = trials[0]["objective"]
    sign = 1 if objective == "val_loss" else -1
    best = sorted(done, key=lambda row: (sign * float(row["score"]), int(row["multiply_adds"])))[:SHOWN]
    names = [name for name in trials[0] if name not in OWN]
    told = f"{len(done)} trials completed, {len(trials) - len(done)} did not; the {len(best)} best:"
    picture = f"![{WORDS[objective]} against multiply-adds](searches/{folder.name}/pareto.png)"
    heads = ["trial", WORDS[objective], "multiply-adds", *(_short(name) for name in names)]
    text = f"\n### Search: {folder.name}\n\n{picture}\n\n{told}\n\n"
    text += _table(heads, [[row["trial"], *_figures(row, "score"), *(row[name] for name in names)] for row in best])
    if again:
        heads = ["trial", WORDS[objective], "multiply-adds", "± over seeds", "seeds"]
        rows = [[row["trial"], *_figures(row, "mean"), f"{float(row['spread']):.4f}", row["seeds"]] for row in again]
        text += "\nTrained again on all training images, beside the configured network:\n\n" + _table(heads, rows)
    return text


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _figures(row: dict[str, str], score: str) -> tuple[str, str]:
    return f"{float(row[score]):.4f}", f"{int(row['multiply_adds']) / 1e6:.1f}M"


def _short(name: str) -> str:
    return name.replace("inception_", "").replace("/width", "")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
