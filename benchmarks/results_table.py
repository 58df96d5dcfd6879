"""Recorded runs as tables in Markdown."""

from itertools import groupby
from statistics import mean, stdev

FIELDS = (
    "run", "data", "model", "width", "recipe", "seed", "epochs", "minutes", "accuracy", "commit", "overrides",
)  # fmt: skip
SAME = ("data", "model", "width", "recipe", "epochs")  # runs that differ in the seed alone
HEADING = "| model | width | recipe | epochs | seeds | minutes of training | test accuracy | commit |\n"
RULE = "|---|---:|---|---:|---|---:|---:|---|\n"
LADDER = ("quick", "paper_2014", "modern", "strong")


def rendered(rows: list[dict[str, str]]) -> str:
    """Return a table per data set, a line per group of runs that differ in the seed alone."""
    text = ""
    for data, of_data in groupby(sorted(rows, key=_order), key=lambda row: row["data"]):
        text += f"\n### {data}\n\n{HEADING}{RULE}"
        text += "".join(_line(list(group)) for _, group in groupby(of_data, key=_key))
    return text + "\n"


def _key(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[field] for field in SAME)


def _order(row: dict[str, str]) -> tuple[object, ...]:
    rung = LADDER.index(row["recipe"]) if row["recipe"] in LADDER else len(LADDER)
    return row["data"], rung, int(row["epochs"]), *_key(row), int(row["seed"])


def _line(runs: list[dict[str, str]]) -> str:
    first, accuracies = runs[0], [float(run["accuracy"]) for run in runs]
    spread = f" ± {stdev(accuracies):.4f}" if len(runs) > 1 else ""
    minutes = mean(float(run["minutes"]) for run in runs)
    commits = ", ".join(dict.fromkeys(run["commit"] for run in runs))
    return (
        f"| {first['model']} | {first['width']} | {first['recipe']} | {first['epochs']} "
        f"| {', '.join(run['seed'] for run in runs)} | {minutes:.1f} | {mean(accuracies):.4f}{spread} | {commits} |\n"
    )
