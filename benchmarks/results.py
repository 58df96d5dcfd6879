"""The table of docs/results.md, from MLflow runs.

    python -m benchmarks.results record [--uri sqlite:///mlflow.db] EXPERIMENT ...
    python -m benchmarks.results search NAME PROJECT
    python -m benchmarks.results render

`record` adds the evaluated runs of the named experiments to docs/results.csv, one row per run; `search` copies the
tables and the picture of PROJECT's last search to docs/searches/NAME; `render` writes the part of docs/results.md
between its markers from all of them. A test checks that the page is what they render to.
"""

import argparse
import csv
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from benchmarks.results_table import FIELDS, rendered
from benchmarks.search_table import KEPT, section

ROOT = Path(__file__).parents[1]
RECORDED = ROOT / "docs" / "results.csv"
SEARCHES = ROOT / "docs" / "searches"
PAGE = ROOT / "docs" / "results.md"
BEGIN, END = "<!-- results: begin -->\n", "<!-- results: end -->\n"
NETWORKS = ("model.init_from=", "model.ensemble=")
FOLDER = r"(?<=[=\[,])(?!models:)[^,[\]]*/"  # of a path


def main() -> None:
    """Record or render, as the arguments say."""
    parser = argparse.ArgumentParser(description="Record evaluated MLflow runs; render docs/results.md from them.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    recorder = verbs.add_parser("record", help="add the evaluated runs of experiments to docs/results.csv")
    recorder.add_argument("experiments", nargs="+", metavar="EXPERIMENT")
    recorder.add_argument("--uri", default=f"sqlite:///{ROOT / 'mlflow.db'}", help="of the MLflow store")
    searched = verbs.add_parser("search", help="keep a finished search's tables and picture in docs/searches")
    searched.add_argument("name")
    searched.add_argument("project", type=Path, help="the folder in which python -m pipeline.tune ran")
    verbs.add_parser("render", help="write docs/results.md")
    arguments = parser.parse_args()
    if arguments.verb == "record":
        found = runs(arguments.uri, arguments.experiments)
        rows = {row["run"]: row for row in [*read(RECORDED), *found]}
        write(RECORDED, sorted(rows.values(), key=lambda row: (row["data"], row["recipe"], row["seed"], row["run"])))
        print(f"{len(found)} runs of {', '.join(arguments.experiments)} recorded; docs/results.csv has {len(rows)}")
    if arguments.verb == "search":
        keep_search(arguments.project / "outputs" / "search", SEARCHES / arguments.name)
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), read(RECORDED)), encoding="utf-8")


def runs(uri: str, experiments: list[str]) -> list[dict[str, str]]:
    """Return a row per finished and evaluated run; exit with one sentence where there is none."""
    import mlflow

    mlflow.set_tracking_uri(uri)
    known = {experiment.name for experiment in mlflow.search_experiments()}
    if missing := [name for name in experiments if name not in known]:
        sys.exit(f"no experiment {', '.join(missing)} in {uri}; there are: {', '.join(sorted(known))}")
    found = mlflow.search_runs(experiment_names=experiments, output_format="list")
    return [row_of(run) for run in found if "test/accuracy" in run.data.metrics]


def row_of(run: Any) -> dict[str, str]:
    """Return what the table needs of one run, as text."""
    import mlflow

    params, metrics, tags = run.data.params, run.data.metrics, run.data.tags
    times = sorted(
        metric.timestamp for metric in mlflow.MlflowClient().get_metric_history(run.info.run_id, "train/loss")
    )
    epochs = len(times)
    minutes = (times[-1] - times[0]) / 60_000 * epochs / max(epochs - 1, 1)
    return {
        "run": run.info.run_id,
        "data": params["data.name"],
        "images": str(json.loads(run.inputs.dataset_inputs[0].dataset.profile)["num_rows"]),
        "model": params["model.name"],
        "width": params["model.width"],
        "recipe": params["recipe.name"],
        "seed": params["recipe.seed"],
        "epochs": str(epochs),
        "minutes": f"{minutes:.1f}",
        "multiply_adds": f"{metrics['multiply_adds']:.0f}" if "multiply_adds" in metrics else "",
        "accuracy": f"{metrics['test/accuracy']:.4f}",
        "commit": tags.get("git.commit", "")[:10] + ("+" if tags.get("git.dirty") == "true" else ""),
        "device": tags.get("trained.device", ""),
        "overrides": portable(tags.get("overrides", "")),
    }


def portable(overrides: str) -> str:
    """Return a run's overrides without the folders of the machine it was made on."""
    words = [word for word in overrides.split() if not word.startswith("data.path=")]
    return " ".join(re.sub(FOLDER, "", word) if word.startswith(NETWORKS) else word for word in words)


def keep_search(report: Path, folder: Path) -> None:
    """Copy what docs/results.md shows of a search; exit with one sentence where there is no report."""
    if missing := [name for name in KEPT if not (report / name).is_file()]:
        sys.exit(f"no {', '.join(missing)} in {report}: run python -m pipeline.tune there first")
    folder.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        shutil.copyfile(report / name, folder / name)


def read(path: Path) -> list[dict[str, str]]:
    """Return the recorded rows; none where nothing is recorded yet."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write the rows with a heading."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def page(text: str, rows: list[dict[str, str]]) -> str:
    """Return the page with the part between its markers made anew."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    searches = "".join(section(folder) for folder in sorted(SEARCHES.glob("*/")))
    return before + BEGIN + rendered(rows) + searches + END + after


if __name__ == "__main__":
    main()
