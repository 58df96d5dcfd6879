"""The predictions table: one row per image."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PROBABILITY = "p_"  # prefix of the columns of class probabilities
LEAST = 1e-12  # a probability of 0 would have an infinite loss
LEFT_OUT = {"class_index", "verdict", "reason"}  # columns of the manifest that say nothing about a predicted image
BLOCK = 4_000_000  # probabilities that are compared at a time


def predictions_table(rows: pd.DataFrame, probabilities: NDArray[np.float32], classes: Sequence[str]) -> pd.DataFrame:
    """Return the predictions table.

    Args:
        rows: the manifest's rows of the images (path, label, class_index, digest, position, split, and more), n of
            them.
        probabilities: (n, classes), each row summing to 1.
        classes: class names in index order.

    Returns:
        path, digest, position, split, label, predicted, confidence (of the prediction), correct, rank of the true
        class (1 is best), loss (cross-entropy, nats), then a column `p_CLASS` per class, then the other columns of
        `rows`: width, height, group, …
    """
    truth = rows["class_index"].to_numpy()
    of_truth = probabilities[np.arange(len(truth)), truth]
    best = probabilities.argmax(axis=1)
    own = {name: rows[name].to_numpy() for name in ("path", "digest", "position", "split", "label")}
    table = pd.DataFrame(
        {
            **own,
            "predicted": np.asarray(classes, dtype=object)[best],
            "confidence": probabilities.max(axis=1).astype(np.float64),
            "correct": best == truth,
            "rank": _ranks(probabilities, truth, of_truth),
            "loss": -np.log(np.maximum(of_truth.astype(np.float64), LEAST)),
        }
    )
    by_class = pd.DataFrame(probabilities, columns=probability_columns(classes))
    known = LEFT_OUT | set(table.columns) | set(by_class.columns)
    more = rows[[name for name in rows.columns if name not in known]].reset_index(drop=True)
    return pd.concat([table, by_class, more], axis=1)


def probability_columns(classes: Sequence[str]) -> list[str]:
    """Return the columns of a predictions table that hold the classes' probabilities.

    Args:
        classes: class names in index order.
    """
    return [f"{PROBABILITY}{name}" for name in classes]


def highest_losses(table: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return the `count` rows with the highest loss, the highest first."""
    return table.sort_values(["loss", "path"], ascending=[False, True]).head(count)


def _ranks(
    probabilities: NDArray[np.float32], truth: NDArray[np.int32], of_truth: NDArray[np.float32]
) -> NDArray[np.int64]:
    """Return the rank of each image's class, (n,); of equal probabilities the first class ranks first."""
    ranks, indices = np.empty(len(truth), np.int64), np.arange(probabilities.shape[1])
    step = max(1, BLOCK // max(1, len(indices)))
    for start in range(0, len(truth), step):
        here = slice(start, start + step)
        ahead = probabilities[here] > of_truth[here, None]
        ties_before = (probabilities[here] == of_truth[here, None]) & (indices < truth[here, None])
        ranks[here] = 1 + (ahead | ties_before).sum(axis=1)
    return ranks
