"""The files that hold what follows from a predictions table."""

from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.base.files import write_json
from pipeline.base.formats.csv_table import write_csv
from pipeline.evaluation.scores.flat_metrics import flat_metrics
from pipeline.evaluation.scores.interval_estimate import Estimate, json_number
from pipeline.evaluation.table_findings import TableFindings

METRICS, INTERVALS, CALIBRATION = "metrics.json", "intervals.json", "calibration.json"


def write_findings(table: pd.DataFrame, findings: TableFindings, folder: Path) -> dict[str, Any]:
    """Write metrics.json, intervals.json, per_class.csv, confusion.csv, calibration.json, slices.csv, label_errors.csv.

    Args:
        table: the predictions table with all splits.
        findings: that follow from it.
        folder: where the files go.

    Returns:
        What metrics.json holds.
    """
    test = table[table["split"] == "test"]
    metrics = flat_metrics(findings.scores, test, findings.top_k)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / METRICS, metrics)
    write_json(folder / INTERVALS, {name: score.record() for name, score in findings.scores.items()})
    write_json(folder / CALIBRATION, calibration_record(findings))
    write_csv(findings.by_class, folder / "per_class.csv")
    write_csv(test[["label", "predicted"]].rename(columns={"label": "actual"}), folder / "confusion.csv")
    write_csv(slice_table(findings), folder / "slices.csv")
    write_csv(findings.label_errors.drop(columns="position"), folder / "label_errors.csv")
    return metrics


def slice_table(findings: TableFindings) -> pd.DataFrame:
    """Return a row per slice: column, value, images, errors, accuracy and its limits, rest, p_value."""
    columns = ["column", "value", "images", "errors", "accuracy", "accuracy_low", "accuracy_high", "rest", "p_value"]
    rows = [
        (one.column, one.value, one.images, one.errors, *vars(one.accuracy).values(), one.rest, one.p_value)
        for one in findings.slices
    ]
    return pd.DataFrame(rows, columns=columns)


def calibration_record(findings: TableFindings) -> dict[str, Any]:
    """Return the bins of the reliability diagram and the temperature; None for what is undefined."""
    fit = findings.temperature
    return {"reliability": [_fields(one) for one in findings.reliability], "temperature": fit and _fields(fit)}


def _fields(record: Any) -> dict[str, Any]:
    """Return the fields of a dataclass for JSON."""
    return {name: value.record() if isinstance(value, Estimate) else json_number(value)
            for name, value in vars(record).items()}  # fmt: skip
