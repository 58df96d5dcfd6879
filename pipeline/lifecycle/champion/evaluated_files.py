"""What the earlier stages left of an evaluated model, read for its registration."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.base.paths import EVALUATION_PAGE, PREDICTIONS, TEST_METRICS
from pipeline.base.stage_files.stage_output import read_stage_output, read_stage_text
from pipeline.evaluation.measured_figures import measured_figures
from pipeline.evaluation.named_models.predictions_file import read_predictions
from pipeline.report.evaluation.gate_section import gate_slot
from pipeline.tracking.models.trained_digest import trained_digest
from pipeline.tracking.runs.test_use import test_digest


@dataclass(frozen=True)
class EvaluatedFiles:
    """An evaluated model.

    Attributes:
        metrics: what metrics.json holds.
        measured: every figure on which a bound can be set.
        table: predictions table, without probabilities.
        classes: class names in index order.
        model_digest: SHA-256 of the `.keras` file.
        test_digest: what identifies the test images.
        page: of the evaluation.
    """

    metrics: dict[str, Any]
    measured: dict[str, float | None]
    table: pd.DataFrame
    classes: Sequence[str]
    model_digest: str
    test_digest: str
    page: str


def read_evaluated(root: Path) -> EvaluatedFiles:
    """Return the evaluated model of the project.

    Args:
        root: the project's folder.

    Raises:
        PipelineError: a file is missing or is none of evaluate's, or the model is another one than training recorded.
    """
    metrics, measured = read_stage_output(root / TEST_METRICS, "evaluate"), measured_figures(root)
    page = read_stage_text(root / EVALUATION_PAGE, "evaluate")
    gate_slot(page)
    table, classes = read_predictions(root / PREDICTIONS, PREDICTIONS)
    digest = trained_digest(root)
    tested = test_digest(table.loc[table["split"] == "test", "digest"].tolist())
    return EvaluatedFiles(metrics, measured, table, classes, digest, tested, page)
