"""Which images of a predictions table are worth looking at."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.predictions_table import probability_columns

BLOCK = 4096  # rows whose probabilities are in memory at once


@dataclass(frozen=True)
class Confusion:
    """Images of one class that were taken for another.

    Attributes:
        label: the true class.
        predicted: the class they were taken for.
        errors: number of them.
        images: number of images of the true class.
        rows: of the predictions table, the errors, most confident first.
    """

    label: str
    predicted: str
    errors: int
    images: int
    rows: pd.DataFrame


def worst_mistakes(table: pd.DataFrame, number: int) -> pd.DataFrame:
    """Return up to `number` rows of wrong predictions, highest loss first.

    Args:
        table: rows of a predictions table.
        number: of rows, at most.
    """
    wrong = table[~table["correct"]]
    return wrong.sort_values(["loss", "digest", "path"], ascending=[False, True, True]).head(number)


def least_certain(table: pd.DataFrame, classes: Sequence[str], number: int) -> pd.DataFrame:
    """Return up to `number` rows whose two most probable classes are nearest to each other, nearest first.

    Args:
        table: rows of a predictions table.
        classes: class names in index order, two at least.
        number: of rows, at most.
    """
    ranked = table.assign(margin=probability_margins(table, classes))
    return ranked.sort_values(["margin", "digest", "path"]).head(number).drop(columns="margin")


def probability_margins(table: pd.DataFrame, classes: Sequence[str]) -> NDArray[np.float64]:
    """Return how far the highest probability is above the second highest, for each row.

    Args:
        table: rows of a predictions table, n of them.
        classes: class names in index order, two at least.

    Returns:
        float64 (n,), from 0 to 1.
    """
    columns = probability_columns(classes)
    margins = np.empty(len(table))
    for start in range(0, len(table), BLOCK):
        block = table.iloc[start : start + BLOCK][columns].to_numpy(np.float64)
        highest = np.partition(block, len(classes) - 2, axis=1)[:, -2:]
        margins[start : start + BLOCK] = highest[:, 1] - highest[:, 0]
    return margins


def most_confused(table: pd.DataFrame, number: int) -> list[Confusion]:
    """Return the pairs of classes with most errors, most first; of equally many, the larger share of the class first.

    Args:
        table: rows of a predictions table.
        number: of pairs, at most.
    """
    wrong = table[~table["correct"]]
    pairs = wrong.groupby(["label", "predicted"], sort=True, observed=True).size().rename("errors").reset_index()
    images = table["label"].value_counts()
    pairs["share"] = pairs["errors"] / pairs["label"].map(images).astype(float)
    pairs = pairs.sort_values(["errors", "share", "label", "predicted"], ascending=[False, False, True, True])
    found = []
    for label, predicted, errors in pairs.head(number)[["label", "predicted", "errors"]].itertuples(index=False):
        rows = wrong[(wrong["label"] == label) & (wrong["predicted"] == predicted)]
        rows = rows.sort_values(["confidence", "digest", "path"], ascending=[False, True, True])
        found.append(Confusion(str(label), str(predicted), int(errors), int(images[label]), rows))
    return found
