"""A few prepared training images of each class."""

from matplotlib.figure import Figure

from pipeline.data.dataset import Dataset
from pipeline.report.style import new_figure

COLUMNS, MOST_CLASSES = 10, 20


def samples_figure(dataset: Dataset) -> Figure:
    """Return a grid: one row per class (the first 20), its first ten training images."""
    classes = dataset.info.classes[:MOST_CLASSES]
    rows = dataset.rows("train")
    figure = new_figure(8, 0.8 * len(classes) + 0.4)
    axes = figure.subplots(len(classes), COLUMNS, squeeze=False)
    for index, (name, line) in enumerate(zip(classes, axes, strict=True)):
        positions = rows.loc[rows["class_index"] == index, "position"].to_numpy()[:COLUMNS]
        images = dataset.shards.take(positions)
        for axis in line:
            axis.set_axis_off()
        for axis, image in zip(line, images, strict=False):
            axis.imshow(image.squeeze(), cmap="gray", vmin=0, vmax=255)
        line[0].set_title(name, fontsize=8, loc="left", fontweight="normal")
    return figure
