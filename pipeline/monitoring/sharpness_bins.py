"""Sharpness in the bins in which the statistics of the training images have it."""

import numpy as np
from numpy.typing import NDArray

from pipeline.data.statistics.reference_histogram import EDGES


def sharpness_bins(values: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the bin of each value, (n,), and the middle of each bin, (bins,).

    Args:
        values: (n,), none NaN.
    """
    edges = np.array(EDGES["sharpness"])
    bins = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    return bins.astype(np.int64), (edges[:-1] + edges[1:]) / 2
