"""Every figure that an evaluation wrote, by one name each: what bounds can be set on."""

import csv
import io
from pathlib import Path
from statistics import fmean
from typing import Any

from pipeline.base.formats.csv_table import original_text
from pipeline.base.paths import TEST_METRICS
from pipeline.base.stage_files.stage_output import read_stage_output, read_stage_text, whole_output
from pipeline.evaluation.measures_files import COST, ROBUSTNESS
from pipeline.evaluation.scores.class_scores import CLASS_FIGURES

BY_CLASS = "per_class.csv"
AS_THEY_ARE = "none"  # the corruption of the rows whose images are not changed


def measured_figures(root: Path) -> dict[str, float | None]:
    """Return the figures that evaluate wrote, in natural units; None for what is undefined.

    Args:
        root: the project's folder.

    Returns:
        What metrics.json holds; corrupted_accuracy, the mean over all corruptions and strengths; latency_ms,
        images_per_second, file_megabytes and openvino_megabytes (1,000,000 bytes), parameters, multiply_adds; and
        `class/NAME/FIGURE` for each class.

    Raises:
        PipelineError: evaluate has not run.
    """
    folder = (root / TEST_METRICS).parent
    metrics = read_stage_output(root / TEST_METRICS, "evaluate")
    cost = _costs(read_stage_output(folder / COST, "evaluate"))
    with whole_output(folder / ROBUSTNESS, "evaluate"):
        corrupted = [
            float(row["accuracy"])
            for row in _rows(folder / ROBUSTNESS)
            if row["corruption"] != AS_THEY_ARE and row["accuracy"]
        ]
    with whole_output(folder / BY_CLASS, "evaluate"):
        by_class = {
            f"class/{original_text(row['class'])}/{figure}": float(row[figure]) if row[figure] else None
            for row in _rows(folder / BY_CLASS)
            for figure in CLASS_FIGURES
        }
    return {**metrics, "corrupted_accuracy": fmean(corrupted) if corrupted else None, **cost, **by_class}


def _costs(cost: dict[str, Any]) -> dict[str, float | None]:
    return {
        "latency_ms": 1000 * cost["latency"],
        "images_per_second": cost["rate"],
        "file_megabytes": cost["keras_bytes"] / 1e6,
        "openvino_megabytes": cost["openvino_bytes"] / 1e6,
        "parameters": cost["parameters"],
        "multiply_adds": cost["multiply_adds"],
    }


def _rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(read_stage_text(file, "evaluate"), newline="")))
