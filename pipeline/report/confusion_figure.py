"""The confusion matrix."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pipeline.report.style import INK, new_figure

MOST_NUMBERED = 25  # classes; with more, numbers in the cells would not be readable
MOST_NAMED = 60


def confusion_figure(counts: NDArray[np.int64], classes: Sequence[str]) -> Figure:
    """Return the confusion matrix, shaded by share of the true class, with counts where they fit.

    Args:
        counts: (classes, classes), row the true class, column the predicted one.
        classes: class names in index order.
    """
    side = min(3 + 0.34 * len(classes), 12)
    figure = new_figure(side + 0.8, side)
    axis = figure.subplots()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shading = axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(shading, label="share of the true class", shrink=0.8)
    axis.set_title(f"{int(np.trace(counts))} of {int(counts.sum())} test images right", loc="left")
    axis.set_xlabel("predicted")
    axis.set_ylabel("true")
    if len(classes) <= MOST_NAMED:
        axis.set_xticks(range(len(classes)), classes, rotation=90 if max(map(len, classes)) > 2 else 0)
        axis.set_yticks(range(len(classes)), classes)
    axis.spines[:].set_visible(False)
    if len(classes) <= MOST_NUMBERED:
        for row, column in zip(*np.nonzero(counts), strict=True):
            color = "white" if shares[row, column] > 0.5 else INK
            axis.text(column, row, str(counts[row, column]), ha="center", va="center", fontsize=8, color=color)
    return figure
