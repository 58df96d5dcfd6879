"""Points of ROC and precision-recall curves, few enough to be drawn."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.predictions_table import PROBABILITY

MOST_POINTS = 200
INVISIBLE = 5e-4  # of a diagram's side: a tenth of a pixel in one of 200 pixels
LEVEL_BITS = 12  # of a float32 that are ignored in the curves over all classes: a score is exact to 1/2,048 of itself

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RankingCurves:
    """The curves of a ranking, from the highest threshold to the lowest.

    Attributes:
        roc: (points, 2): false positive rate, recall; empty without positive or without negative images.
        precision_recall: (points, 2): recall, precision; empty without positive images.
    """

    roc: Floats
    precision_recall: Floats


def class_curves(table: pd.DataFrame, name: str) -> RankingCurves:
    """Return the curves of a class against all others.

    Args:
        table: rows of a predictions table, of one split.
        name: of the class.
    """
    scores = table[f"{PROBABILITY}{name}"].to_numpy(np.float32)
    levels, level = np.unique(scores, return_inverse=True)
    positive = (table["label"] == name).to_numpy()
    return _curves(*(np.bincount(level[chosen], minlength=len(levels))[::-1] for chosen in (positive, ~positive)))


def micro_curves(table: pd.DataFrame, classes: Sequence[str]) -> RankingCurves:
    """Return the curves over all pairs of an image and a class (micro average).

    Args:
        table: rows of a predictions table, of one split.
        classes: class names in index order.
    """
    count = int(np.float32(1.001).view(np.uint32) >> LEVEL_BITS) + 1
    positives, negatives = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for name in classes:
        scores = np.clip(table[f"{PROBABILITY}{name}"].to_numpy(np.float32), 0, 1)
        level, positive = scores.view(np.uint32) >> LEVEL_BITS, (table["label"] == name).to_numpy()
        positives += np.bincount(level[positive], minlength=count)
        negatives += np.bincount(level[~positive], minlength=count)
    used = positives + negatives > 0
    return _curves(positives[used][::-1], negatives[used][::-1])


def _curves(positives: NDArray[np.int64], negatives: NDArray[np.int64]) -> RankingCurves:
    """Return the curves of counts at each score, the highest first."""
    hits, misses = np.cumsum(positives), np.cumsum(negatives)
    empty = np.empty((0, 2))
    if not len(hits) or not hits[-1]:
        return RankingCurves(empty, empty)
    recall, precision = hits / hits[-1], hits / (hits + misses)
    precision_recall = np.vstack([[0.0, precision[0]], np.stack([recall, precision], axis=1)])
    roc = np.vstack([[0.0, 0.0], np.stack([misses / max(misses[-1], 1), recall], axis=1)])
    return RankingCurves(thinned(roc) if misses[-1] else empty, thinned(precision_recall))


def thinned(points: Floats, most: int = MOST_POINTS) -> Floats:
    """Return at most `most` of a line's points, those that are farthest from the line of the others first.

    D. H. Douglas and T. K. Peucker, "Algorithms for the reduction of the number of points required to represent a
    digitized line or its caricature", Cartographica 10, 1973.

    Args:
        points: (points, 2), each coordinate from 0 to 1.
        most: how many to keep, at least 2; fewer are kept where the others would not change the line visibly.
    """
    if len(points) < 3:
        return points
    kept, waiting = {0, len(points) - 1}, [_farthest(points, 0, len(points) - 1)]
    while waiting and len(kept) < most:
        distance, index, first, last = heapq.heappop(waiting)
        if -distance < INVISIBLE:
            break
        kept.add(index)
        for start, end in ((first, index), (index, last)):
            if end - start > 1:
                heapq.heappush(waiting, _farthest(points, start, end))
    return points[sorted(kept)]


def _farthest(points: Floats, first: int, last: int) -> tuple[float, int, int, int]:
    """Return the negative distance and the index of the point farthest from the line from `first` to `last`."""
    start, way = points[first], points[last] - points[first]
    between = points[first + 1 : last] - start
    along = np.clip(between @ way / max(float(way @ way), 1e-30), 0, 1)
    distances = np.hypot(*(between - along[:, None] * way).T)
    index = int(distances.argmax())
    return -float(distances[index]), first + 1 + index, first, last
