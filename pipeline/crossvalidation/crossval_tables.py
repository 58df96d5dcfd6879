"""The figures of a cross-validation as JSON and CSV files."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.base.files import write_json
from pipeline.base.formats.csv_table import write_csv
from pipeline.crossvalidation.crossval_outcome import CrossvalOutcome
from pipeline.crossvalidation.fold_statistics import Spread


def write_tables(folder: Path, outcome: CrossvalOutcome) -> list[Path]:
    """Write summary.json, folds.csv, classes.csv and classes_by_fold.csv into `folder`; return the files.

    Args:
        folder: made if it is missing.
        outcome: with one fold done at least.
    """
    statistics = outcome.statistics
    folds = [
        {"fold": one.fold, "experiment": one.experiment, "run_id": outcome.run_ids[one.fold], **one.metrics}
        for one in outcome.results
    ]
    classes = [
        {"class": one.name, "images": one.images} | _columns(one.figures) | {"folds": one.figures["recall"].folds}
        for one in statistics.classes
    ]
    by_fold = pd.concat([one.classes.assign(fold=one.fold) for one in outcome.results])
    tables = {
        "folds.csv": pd.DataFrame(folds),
        "classes.csv": pd.DataFrame(classes),
        "classes_by_fold.csv": by_fold[["fold", *outcome.results[0].classes.columns]],
    }
    for name, table in tables.items():
        write_csv(table, folder / name)
    summary = {
        "key": outcome.plan.key,
        "folds": outcome.plan.folds,
        "complete": outcome.complete,
        "overrides": list(outcome.plan.settings),
        "run_id": outcome.parent,
        "metrics": {name: _numbers(value) for name, value in statistics.metrics.items()},
        "classes": {
            one.name: {name: _numbers(value) for name, value in one.figures.items()} for one in statistics.classes
        },
        "each_fold": folds,
        "failures": {str(fold): reason for fold, reason in outcome.failures.items()},
        "notes": statistics.notes,
    }
    write_json(folder / "summary.json", summary)
    return [folder / "summary.json", *(folder / name for name in tables)]


def _columns(figures: Mapping[str, Spread]) -> dict[str, float]:
    columns: dict[str, float] = {}
    for name, value in figures.items():
        columns |= {f"{name}_mean": value.mean, f"{name}_std": value.std}
    return columns


def _numbers(value: Spread) -> dict[str, Any]:
    mean, std = (None if math.isnan(number) else number for number in (value.mean, value.std))
    return {"mean": mean, "std": std, "folds": value.folds}
