"""Evaluated MLflow runs as the rows of docs/results.csv."""

import csv
import json
import re
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.results.results_table import FIELDS, Row
from benchmarks.stage_times import ROOT
from pipeline.tracking.metric_names import EPOCH, TEST_ACCURACY

RUNS = ROOT / "docs" / "results.csv"
NETWORKS = ("model.init_from=", "model.ensemble=")  # overrides that name files of networks
FOLDER = r"(?<=[=\[,])(?!models:)[^,[\]]*/"  # of a path in such an override


def evaluated_runs(uri: str, experiments: Sequence[str]) -> list[Row]:
    """Return a row for each run of the experiments that was evaluated; exit if one of the experiments is missing.

    Args:
        uri: of the MLflow store.
        experiments: their names.
    """
    import mlflow

    mlflow.set_tracking_uri(uri)
    existing = {experiment.name for experiment in mlflow.search_experiments()}
    if missing := [name for name in experiments if name not in existing]:
        sys.exit(f"no experiment {', '.join(missing)} in {uri}; there are: {', '.join(sorted(existing))}")
    runs = mlflow.search_runs(experiment_names=list(experiments), output_format="list")
    return [run_row(run) for run in runs if TEST_ACCURACY in run.data.metrics]


def run_row(run: Any) -> Row:
    """Return the row of one evaluated MLflow run."""
    import mlflow

    params, metrics, tags = run.data.params, run.data.metrics, run.data.tags
    epochs = mlflow.MlflowClient().get_metric_history(run.info.run_id, EPOCH["loss"])
    ends = sorted(metric.timestamp for metric in epochs)
    minutes = (ends[-1] - ends[0]) / 60_000 * len(ends) / max(len(ends) - 1, 1)
    return {
        "run": run.info.run_id,
        "data": params["data.name"],
        "images": str(json.loads(run.inputs.dataset_inputs[0].dataset.profile)["num_rows"]),
        "model": params["model.name"],
        "width": params["model.width"],
        "recipe": params["recipe.name"],
        "seed": params["recipe.seed"],
        "epochs": str(len(ends)),
        "minutes": f"{minutes:.1f}",
        "multiply_adds": f"{metrics['multiply_adds']:.0f}" if "multiply_adds" in metrics else "",
        "accuracy": f"{metrics[TEST_ACCURACY]:.4f}",
        "commit": tags.get("git.commit", "")[:10] + ("+" if tags.get("git.dirty") == "true" else ""),
        "device": tags.get("trained.device", ""),
        "overrides": portable_overrides(tags.get("overrides", "")),
    }


def portable_overrides(overrides: str) -> str:
    """Return a run's overrides, separated by spaces, without the folders of the machine on which it ran."""
    words = [word for word in overrides.split() if not word.startswith("data.path=")]
    return " ".join(re.sub(FOLDER, "", word) if word.startswith(NETWORKS) else word for word in words)


def read_rows() -> list[Row]:
    """Return the recorded rows; none if nothing is recorded yet."""
    if not RUNS.is_file():
        return []
    with RUNS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def record_rows(rows: Sequence[Row]) -> None:
    """Add `rows` to docs/results.csv; each replaces an earlier row of the same run."""
    by_run = {row["run"]: row for row in [*read_rows(), *rows]}
    with RUNS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            sorted(by_run.values(), key=lambda row: [row[key] for key in ("data", "recipe", "seed", "run")])
        )
