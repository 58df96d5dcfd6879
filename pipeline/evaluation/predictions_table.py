"""The predictions table: one row per test image."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PROBABILITY = "p_"  # prefix of the columns of class probabilities
LEAST = 1e-12  # a probability of 0 would have an infinite loss


def predictions_table(rows: pd.DataFrame, probabilities: NDArray[np.float32], classes: Sequence[str]) -> pd.DataFrame:
    """Return the predictions table.

    Args:
        rows: the manifest's rows of the images (path, label, class_index, digest, position), n of them.
        probabilities: (n, classes), each row summing to 1.
        classes: class names in index order.

    Returns:
        path, digest, position, label, predicted, confidence (of the prediction), correct, rank of the true
        class (1 is best), loss (cross-entropy, nats), then a column `p_CLASS` per class.
    """
    truth = rows["class_index"].to_numpy()
    of_truth = probabilities[np.arange(len(truth)), truth]
    best = probabilities.argmax(axis=1)
    ahead = probabilities > of_truth[:, None]
    ties_before = (probabilities == of_truth[:, None]) & (np.arange(len(classes)) < truth[:, None])
    table = pd.DataFrame(
        {
            "path": rows["path"].to_numpy(),
            "digest": rows["digest"].to_numpy(),
            "position": rows["position"].to_numpy(),
            "label": rows["label"].to_numpy(),
            "predicted": np.asarray(classes, dtype=object)[best],
            "confidence": probabilities.max(axis=1).astype(np.float64),
            "correct": best == truth,
            "rank": 1 + (ahead | ties_before).sum(axis=1),
            "loss": -np.log(np.maximum(of_truth.astype(np.float64), LEAST)),
        }
    )
    columns = {f"{PROBABILITY}{name}": probabilities[:, index] for index, name in enumerate(classes)}
    return pd.concat([table, pd.DataFrame(columns)], axis=1)


def highest_losses(table: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return the `count` rows with the highest loss, the highest first."""
    return table.sort_values(["loss", "path"], ascending=[False, True]).head(count)
