"""How a training went, epoch by epoch."""

import math
from typing import Any

import pandas as pd

from pipeline.report.evaluation.charts.line_chart import ChartLine, line_chart
from pipeline.report.page.chart_axis import ChartAxis
from pipeline.report.page.plot_area import share_axis


def learning_charts(history: pd.DataFrame, saved_epoch: int) -> list[dict[str, Any]]:
    """Return the charts of accuracy and loss.

    Args:
        history: a row per epoch: epoch, accuracy, val_accuracy, loss, val_loss.
        saved_epoch: whose weights were saved.
    """
    if not len(history):
        return []
    epochs = history["epoch"].astype(float)
    last = max(float(epochs.max()), float(epochs.min()) + 1)
    x_axis = ChartAxis(float(epochs.min()), last, logarithmic=False)
    accuracy = _lines(history, "accuracy")
    loss = _lines(history, "loss")
    lowest = min((y for line in accuracy for _, y in line.points), default=0.0)
    highest = max((y for line in loss for _, y in line.points), default=1.0)
    y_axis = ChartAxis(0.0, 1.05 * highest or 1.0, logarithmic=False, whole=False)
    mark = (float(saved_epoch), f"epoch {saved_epoch} was saved")
    return [
        line_chart("Accuracy", ("epoch", "accuracy"), (x_axis, share_axis(lowest)), accuracy, mark=mark),
        line_chart("Loss", ("epoch", "cross-entropy in nats"), (x_axis, y_axis), loss, mark=mark),
    ]


def _lines(history: pd.DataFrame, name: str) -> list[ChartLine]:
    lines = []
    for column, title, kind in ((name, "training images", "train"), (f"val_{name}", "validation images", "validation")):
        pairs = zip(history["epoch"].astype(float), history[column].astype(float), strict=True)
        points = tuple((epoch, value) for epoch, value in pairs if math.isfinite(value))
        if points:
            lines.append(ChartLine(title, kind, points))
    return lines
