"""The page of a cross-validation: one HTML file that needs no other."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.base.files import write_text
from pipeline.base.printable import printable
from pipeline.crossvalidation.crossval_outcome import CrossvalOutcome, plus_minus
from pipeline.crossvalidation.fold_statistics import ClassSpread, Spread
from pipeline.report.crossval.fold_strip import fold_strip, strip_start
from pipeline.report.page.page_environment import page_environment

TEMPLATE = "crossval_page.html.j2"
NAMES = {
    "accuracy": "accuracy",
    "loss": "loss (cross-entropy)",
    "macro_precision": "mean precision of the classes",
    "macro_recall": "mean recall of the classes",
    "macro_f1": "mean F1 of the classes",
    "min_class_recall": "lowest recall of a class",
    "balanced_accuracy": "balanced accuracy",
    "mean_average_precision": "mean average precision of the classes",
    "macro_roc_auc": "mean area under the classes' ROC curves",
    "expected_calibration_error": "expected calibration error",
    "brier_score": "Brier score",
}


def write_crossval_page(path: Path, outcome: CrossvalOutcome) -> Path:
    """Write the page; return its path. Equal outcomes give equal bytes.

    Args:
        path: of the page.
        outcome: with one fold done at least.
    """
    statistics, plan = outcome.statistics, outcome.plan
    environment = page_environment(Path(__file__).parent)
    values = [value for one in statistics.classes for value in _by_fold(outcome, one.name)]
    start = strip_start(values)
    page = environment.get_template(TEMPLATE).render(
        title=printable(outcome.subject()),
        complete=outcome.complete,
        verdict=_verdict(outcome),
        facts=[
            ("Folds", f"{len(outcome.results)} of {plan.folds}"),
            ("Test images", f"{sum(result.images for result in outcome.results):,}"),
            ("Key", plan.key),
            ("MLflow run", outcome.parent),
        ],
        settings=[printable(one) for one in plan.settings],
        metrics=[_metric_row(outcome, name, value) for name, value in statistics.metrics.items()],
        folds=[_fold_row(outcome, fold) for fold in range(1, plan.folds + 1)],
        classes=[_class_row(outcome, one, start) for one in statistics.classes],
        scale=(f"{start:.1f}", "1.0"),
        notes=[printable(note) for note in statistics.notes],
    )
    write_text(path, page)
    return path


def _verdict(outcome: CrossvalOutcome) -> str:
    statistics = outcome.statistics
    sentence = f"Test accuracy {plus_minus(statistics.metrics['accuracy'])}"
    known = [one for one in statistics.classes if not math.isnan(one.figures["recall"].mean)]
    if len(known) > 1:
        hardest = min(known, key=lambda one: one.figures["recall"].mean)
        recall = plus_minus(hardest.figures["recall"])
        sentence += f"; the class with the lowest recall is {printable(hardest.name)}, {recall}"
    if not outcome.complete:
        sentence += f". Only {outcome.done()}"
    return f"{sentence}."


def _metric_row(outcome: CrossvalOutcome, name: str, value: Spread) -> dict[str, str]:
    each = [result.metrics[name] for result in outcome.results if result.metrics[name] is not None]
    top_k = int(outcome.results[0].metrics.get("top_k", 0))
    title = f"top-{top_k} accuracy" if name == "top_k_accuracy" else NAMES.get(name, name)
    lowest, highest = (f"{min(each):.4f}", f"{max(each):.4f}") if each else ("–", "–")
    return {"title": title, **_cells(value), "lowest": lowest, "highest": highest}


def _fold_row(outcome: CrossvalOutcome, fold: int) -> dict[str, Any]:
    found = next((result for result in outcome.results if result.fold == fold), None)
    row: dict[str, Any] = {"fold": fold, "failure": printable(outcome.failures.get(fold, "not trained yet"))}
    if found:
        metrics = found.metrics
        row |= {"failure": "", "images": f"{found.images:,}", "accuracy": f"{metrics['accuracy']:.4f}"}
        row |= {"f1": f"{metrics['macro_f1']:.4f}", "loss": f"{metrics['loss']:.4f}", "experiment": found.experiment}
    return row


def _class_row(outcome: CrossvalOutcome, one: ClassSpread, start: float) -> dict[str, Any]:
    return {
        "name": printable(one.name),
        "images": f"{one.images:,}",
        "figures": [_cells(value) for value in one.figures.values()],
        "strip": fold_strip(_by_fold(outcome, one.name), one.figures["f1"], start),
    }


def _by_fold(outcome: CrossvalOutcome, name: str) -> list[float]:
    """Return a class's F1 in each fold that has test images of it."""
    tables = [result.classes for result in outcome.results]
    rows: Sequence[Any] = [table[(table["class"] == name) & (table["images"] > 0)]["f1"] for table in tables]
    return [float(row.iloc[0]) for row in rows if len(row)]


def _cells(value: Spread) -> dict[str, str]:
    mean = "–" if math.isnan(value.mean) else f"{value.mean:.4f}"
    return {"mean": mean, "std": "" if math.isnan(value.std) else f"± {value.std:.4f}"}
