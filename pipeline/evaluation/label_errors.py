"""Images whose label the network contradicts with confidence: what to look at first."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.predictions_table import probability_columns

LEAST_MARGIN = 0.5  # by which another class must be more probable than the label
LEARNED_MARGIN = 0.3  # for training images: training has made their labels more probable, wrong ones too
BLOCK = 4096  # images at a time
COPIED = ["path", "digest", "position", "split", "label"]


def likely_label_errors(table: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """Return the images that are likely to have a wrong label, the most suspicious first.

    An image is listed if another class is more probable than its label by at least 0.5, a training image by at least
    0.3. This margin is one of the rankings of confident learning (C. Northcutt, L. Jiang, I. Chuang, "Confident
    learning: estimating uncertainty in dataset labels", JAIR 70, 2021, arXiv:1911.00068). The paper's threshold of
    each class is not used: of wrong labels planted in the digits it missed up to a third among the test images and
    nine in ten among the training images (`python -m benchmarks.evaluation.planted_labels`).

    Args:
        table: rows of a predictions table, of one split or several.
        classes: class names in index order.

    Returns:
        path, digest, position, split, label, suggested (the most probable other class), label_probability,
        suggested_probability, margin: the second probability minus the first, by which rows are sorted.
    """
    given = pd.Categorical(table["label"], categories=list(classes)).codes.astype(np.int64)
    suggested = np.zeros(len(table), np.int64)
    of_label, of_suggested = np.zeros(len(table)), np.zeros(len(table))
    for start in range(0, len(table), BLOCK):
        block = slice(start, start + BLOCK)
        probabilities, every = _probabilities(table.iloc[block], classes), np.arange(len(given[block]))
        of_label[block] = probabilities[every, given[block]]
        suggested[block] = probabilities.argmax(axis=1)
        of_suggested[block] = probabilities.max(axis=1)
    least = np.where(table["split"] == "train", LEARNED_MARGIN, LEAST_MARGIN)
    rows = np.flatnonzero(of_suggested - of_label >= least)
    found = table[COPIED].iloc[rows].assign(
        suggested=np.asarray(classes, dtype=object)[suggested[rows]],
        label_probability=of_label[rows],
        suggested_probability=of_suggested[rows],
        margin=(of_suggested - of_label)[rows],
    )  # fmt: skip
    return found.sort_values(["margin", "path"], ascending=[False, True], ignore_index=True)


def _probabilities(table: pd.DataFrame, classes: Sequence[str]) -> NDArray[np.float64]:
    return table[probability_columns(classes)].to_numpy(np.float64)
