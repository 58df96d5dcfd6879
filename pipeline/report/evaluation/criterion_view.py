"""A criterion of the gate as the page shows it: title, value and bound in units that people read."""

import math
from collections.abc import Mapping
from typing import Any

from pipeline.base.printable import printable
from pipeline.report.page.number_text import NOTHING, share_text

NAMES = {
    "accuracy": "Accuracy",
    "top_k_accuracy": "Top-k accuracy",
    "macro_f1": "Mean F1 of the classes",
    "min_class_recall": "Lowest recall of a class",
    "balanced_accuracy": "Mean recall of the classes",
    "latency_ms": "Milliseconds for one image",
    "file_megabytes": "Size of the .keras file in MB",
    "openvino_megabytes": "Size of the OpenVINO files in MB",
}
NO_SHARE = {  # figures that are no shares; the others read best in percent
    "loss", "brier_score", "latency_ms", "images_per_second", "file_megabytes", "openvino_megabytes", "parameters",
    "multiply_adds", "images",
}  # fmt: skip


def criterion_view(criterion: Mapping[str, Any]) -> dict[str, Any]:
    """Return title, value, limit and whether it passed.

    Args:
        criterion: metric, bound, limit, value (None: undefined), passed.
    """
    metric, limit, value = str(criterion["metric"]), float(criterion["limit"]), criterion["value"]
    share = metric not in NO_SHARE
    return {
        "title": _title(metric),
        "value": NOTHING if value is None or math.isnan(value) else _value_text(float(value), limit, share=share),
        "limit": f"{criterion['bound']} {_limit_text(limit, share=share)}",
        "passed": bool(criterion["passed"]),
    }


def _title(metric: str) -> str:
    if metric.startswith("class/"):
        name, _, figure = metric.removeprefix("class/").rpartition("/")
        return f"{figure.replace('_', ' ').capitalize()} of {printable(name)}"
    text = printable(metric.replace("_", " "))
    return NAMES.get(metric, text[:1].upper() + text[1:])


def _value_text(value: float, limit: float, *, share: bool) -> str:
    """Return a value that does not read as lying on the other side of its limit."""
    text = share_text(value) if share else f"{value:,.6g}"
    try:
        shown = float(text.rstrip("%").replace(",", "")) / (100 if share else 1)
    except ValueError:  # >99.9% or <0.1%
        shown = value
    if math.isclose(shown, limit, rel_tol=1e-12):
        shown = limit
    exact = f"{100 * value:.12g}%" if share else f"{value:.12g}"
    return text if (shown > limit, shown < limit) == (value > limit, value < limit) else exact


def _limit_text(limit: float, *, share: bool) -> str:
    return f"{100 * limit:.6g}%" if share else f"{limit:,.12g}"
