"""Loss and accuracy over the epochs."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, StrMethodFormatter

from pipeline.report.style import BLUE, ORANGE, new_figure

FEW = 5  # times the lowest loss; above it, labels at every digit would overlap


def curves_figure(history: Sequence[Mapping[str, float]]) -> Figure:
    """Return two plots side by side, loss (logarithmic) and accuracy, each for training and validation."""
    figure = new_figure(8, 3)
    epochs = [row["epoch"] for row in history]
    for axis, metric in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        for key, label, color in ((metric, "training", BLUE), (f"val_{metric}", "validation", ORANGE)):
            values = [row[key] for row in history]
            axis.plot(epochs, values, marker="o", markersize=3, color=color, label=label)
        axis.set_title(metric, loc="left")
        axis.set_xlabel("epoch")
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.legend()
        if metric == "loss":
            axis.set_yscale("log")
            _label(axis)
    return figure


def _label(axis: Axes) -> None:
    lowest, highest = axis.get_ylim()
    between = (2, 5) if highest > FEW * lowest else range(2, 10)
    axis.yaxis.set_minor_locator(LogLocator(subs=between))
    axis.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))  # Matplotlib's own writes formulas
    axis.yaxis.set_minor_formatter(StrMethodFormatter("{x:g}"))
