"""Recorded runs as tables in Markdown."""

from itertools import groupby
from statistics import mean, stdev

FIELDS = (
    "run", "data", "images", "model", "width", "recipe", "seed", "epochs", "minutes", "multiply_adds", "accuracy",
    "commit", "device", "overrides",
)  # fmt: skip
SAME = ("data", "images", "model", "width", "recipe", "epochs", "multiply_adds", "commit", "device")
TOLD = (
    "data=",
    "data.depends_on",
    "recipe.seed",
    "recipe.epochs",
    "recipe=",
    "model=",
    "model.width",
    "gate",
    "tracking",
)  # fmt: skip  told elsewhere
HEADING = (
    "| images | model | width | multiply-adds | recipe | epochs | other settings | seeds | minutes of training "
    "| test accuracy | commit |\n"
)
RULE = "|---:|---|---:|---:|---|---:|---|---|---:|---:|---|\n"
LADDER = ("quick", "paper_2014", "modern", "strong")


def rendered(rows: list[dict[str, str]]) -> str:
    """Return a table per data set, a line per group of runs that differ in the seed alone."""
    text = ""
    for data, of_data in groupby(sorted(rows, key=_order), key=lambda row: row["data"]):
        text += f"\n### {data}\n\n{HEADING}{RULE}"
        text += "".join(_line(list(group)) for _, group in groupby(of_data, key=_key))
    return text + "\n"


def _key(row: dict[str, str]) -> tuple[str, ...]:
    return *(row[field] for field in SAME), besides(row)


def _order(row: dict[str, str]) -> tuple[object, ...]:
    rung = LADDER.index(row["recipe"]) if row["recipe"] in LADDER else len(LADDER)
    return row["data"], rung, int(row["epochs"]), *_key(row), int(row["seed"])


def besides(row: dict[str, str]) -> str:
    """Return the overrides that no other column tells; runs of one line differ in the seed alone."""
    return " ".join(word for word in row["overrides"].split() if not word.startswith((*TOLD, "none")))


def _line(runs: list[dict[str, str]]) -> str:
    first, accuracies = runs[0], [float(run["accuracy"]) for run in runs]
    spread = f" ± {stdev(accuracies):.4f}" if len(runs) > 1 else ""
    minutes = mean(float(run["minutes"]) for run in runs)
    where = f" ({first['device']})" if first["device"] else ""
    cost = f"{int(first['multiply_adds']) / 1e6:.1f}M" if first["multiply_adds"] else ""
    return (
        f"| {first['images']} | {first['model']} | {first['width']} | {cost} | {first['recipe']} | {first['epochs']} "
        f"| {besides(first)} | {', '.join(run['seed'] for run in runs)} | {minutes:.1f}{where} "
        f"| {mean(accuracies):.4f}{spread} | {first['commit']} |\n"
    )
