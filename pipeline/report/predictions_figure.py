"""Test images with their predictions."""

import pandas as pd
from matplotlib.figure import Figure

from pipeline.data.shards import Shards
from pipeline.report.style import GREEN, RED, new_figure

COLUMNS = 8


def predictions_figure(rows: pd.DataFrame, shards: Shards, title: str) -> Figure:
    """Return a grid of images, each with its prediction: green if right; red, with the true class, if wrong.

    Args:
        rows: rows of a predictions table (position, label, predicted, confidence, correct).
        shards: where the images are.
        title: above the grid.
    """
    lines = max(-(-len(rows) // COLUMNS), 1)
    figure = new_figure(8.4, 1.45 * lines + 0.4)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
    axes = figure.subplots(lines, COLUMNS, squeeze=False).ravel()
    for axis in axes:
        axis.set_axis_off()
    images = shards.take(rows["position"].to_numpy())
    for axis, image, row in zip(axes, images, rows.to_dict("records"), strict=False):
        axis.imshow(image.squeeze(), cmap="gray", vmin=0, vmax=255)
        right = bool(row["correct"])
        text = f"{row['predicted']}  {row['confidence']:.0%}" + ("" if right else f"\nis {row['label']}")
        axis.set_title(text, fontsize=8, fontweight="normal", color=GREEN if right else RED)
    return figure
