"""Recorded runs as Markdown tables."""

from collections.abc import Sequence
from itertools import groupby
from statistics import mean, stdev

Row = dict[str, str]  # a recorded run: its fields as text
FIELDS = (
    "run", "data", "images", "model", "width", "recipe", "seed", "epochs", "minutes", "multiply_adds", "accuracy",
    "commit", "device", "overrides",
)  # fmt: skip
SAME = ("data", "images", "model", "width", "recipe", "epochs", "multiply_adds", "commit", "device")  # in a line's runs
IN_OTHER_COLUMNS = (  # prefixes of overrides that `other settings` leaves out; some change no result
    "data=", "data.depends_on", "recipe.seed", "recipe.epochs", "recipe=", "model=", "model.width", "gate", "tracking",
)  # fmt: skip
HEADING = (
    "| images | model | width | multiply-adds | recipe | epochs | other settings | seeds | minutes of training "
    "| test accuracy | commit |\n"
)
RULE = "|---:|---|---:|---:|---|---:|---|---|---:|---:|---|\n"
LADDER = ("quick", "paper_2014", "modern", "strong")  # the order of recipes


def results_tables(rows: Sequence[Row]) -> str:
    """Return a table per data set, with a line for each group of runs that differ in their seeds alone."""
    text = ""
    for data, of_data in groupby(sorted(rows, key=_order), key=lambda row: row["data"]):
        text += f"\n### {data}\n\n{HEADING}{RULE}"
        text += "".join(_line(list(group)) for _, group in groupby(of_data, key=_group))
    return text + "\n"


def other_settings(row: Row) -> str:
    """Return the overrides that no other column shows."""
    return " ".join(word for word in row["overrides"].split() if not word.startswith((*IN_OTHER_COLUMNS, "none")))


def _group(row: Row) -> tuple[str, ...]:
    return *(row[field] for field in SAME), other_settings(row)


def _order(row: Row) -> tuple[object, ...]:
    place = LADDER.index(row["recipe"]) if row["recipe"] in LADDER else len(LADDER)
    return row["data"], place, int(row["epochs"]), *_group(row), int(row["seed"])


def _line(runs: Sequence[Row]) -> str:
    first, accuracies = runs[0], [float(run["accuracy"]) for run in runs]
    spread = f" ± {stdev(accuracies):.4f}" if len(runs) > 1 else ""
    minutes = mean(float(run["minutes"]) for run in runs)
    device = f" ({first['device']})" if first["device"] else ""
    cost = f"{int(first['multiply_adds']) / 1e6:.1f}M" if first["multiply_adds"] else ""
    return (
        f"| {first['images']} | {first['model']} | {first['width']} | {cost} | {first['recipe']} | {first['epochs']} "
        f"| {other_settings(first)} | {', '.join(run['seed'] for run in runs)} | {minutes:.1f}{device} "
        f"| {mean(accuracies):.4f}{spread} | {first['commit']} |\n"
    )
