"""The reliability diagram: how often the network is right, by how sure it is."""

from dataclasses import dataclass
from math import nan

import numpy as np
import pandas as pd

from pipeline.evaluation.calibration.calibration_error import BINS, confidence_bins
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.scores.proportion import wilson


@dataclass(frozen=True)
class ReliabilityBin:
    """The images whose confidence is in (low, high].

    Attributes:
        low: lower limit of the confidence, which belongs to the bin below; 0 belongs to the first bin.
        high: upper limit of it.
        images: how many there are.
        confidence: their mean confidence; NaN without images.
        accuracy: of their predictions; undefined without images.
    """

    low: float
    high: float
    images: int
    confidence: float
    accuracy: Estimate


def reliability(table: pd.DataFrame, bins: int = BINS) -> list[ReliabilityBin]:
    """Return the bins of equal width, from the least to the most confident.

    M. H. DeGroot and S. E. Fienberg, "The comparison and evaluation of forecasters", The Statistician 32, 1983.

    Args:
        table: rows of a predictions table, of one split.
        bins: how many.
    """
    confidence, right = table["confidence"].to_numpy(np.float64), table["correct"].to_numpy(bool)
    where = confidence_bins(confidence, bins)
    images, hits = np.bincount(where, minlength=bins), np.bincount(where[right], minlength=bins)
    total = np.bincount(where, confidence, bins)
    return [
        ReliabilityBin(
            low=index / bins,
            high=(index + 1) / bins,
            images=int(images[index]),
            confidence=float(total[index] / images[index]) if images[index] else nan,
            accuracy=wilson(int(hits[index]), int(images[index])),
        )
        for index in range(bins)
    ]
