"""How well a class's probability ranks the images of the class before the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.scores.influences import share_interval
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.scores.scored_images import ScoredImages

FEWEST_IMAGES = 10  # of the median class, with which mean average precision has an interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RankingFigure:
    """A figure of a ranking.

    Attributes:
        value: NaN if it is undefined.
        influences: of each image, (images,).
        certain: effective number of trials if the ranking is perfect, and the most there are in any other: of a class
            with few images, influences do not show how much its other images differ from these.
    """

    value: float
    influences: Floats
    certain: float

    def estimate(self) -> Estimate:
        """Return the figure with its interval."""
        return share_interval(self.value, self.influences, self.certain, most=self.certain)


@dataclass(frozen=True)
class _Ranking:
    """Images ordered by falling score, in groups of equal scores.

    Attributes:
        order: of the images, (images,).
        group: of each ordered image, (images,).
        positive: whether each ordered image is positive, 0 or 1, (images,).
        positives: in each group, (groups,).
        negatives: in each group, (groups,).
    """

    order: NDArray[np.int64]
    group: NDArray[np.int64]
    positive: Floats
    positives: Floats
    negatives: Floats


def class_rankings(images: ScoredImages) -> Iterator[tuple[RankingFigure, RankingFigure]]:
    """Yield average precision and the area under the ROC curve of each class, against all others.

    Average precision is the mean, over the images of a class, of the precision at the image's score (as
    sklearn.metrics.average_precision_score); it is undefined without images of the class. ROC AUC is the share of pairs
    of an image of the class and another one that are ranked rightly, half for equal scores; it is undefined without
    either.
    """
    for index in range(images.probabilities.shape[1]):
        ranking = _ranking(images.probabilities[:, index], images.truth == index)
        yield _average_precision(ranking), _roc_auc(ranking)


def mean_rankings(images: ScoredImages) -> tuple[Estimate, Estimate]:
    """Return mean average precision and mean ROC AUC over the classes where each is defined.

    Average precision of a class with few images is biased upward: the precision at an image counts the image itself.
    The mean over many such classes is as biased and hardly varies, so that no interval holds it. Where half of the
    classes that have images have fewer than `FEWEST_IMAGES` (the median), mean average precision has no interval.
    """
    means = _MeanFigure(len(images.truth)), _MeanFigure(len(images.truth))
    for figures in class_rankings(images):
        for mean, figure in zip(means, figures, strict=True):
            mean.add(figure)
    precision, area = means[0].estimate(), means[1].estimate()
    of_class = np.bincount(images.truth)
    few = bool(precision.defined and np.median(of_class[of_class > 0]) < FEWEST_IMAGES)
    return Estimate(precision.value) if few else precision, area


class _MeanFigure:
    """Mean of figures of the same images; their influences are added, so that what they have in common counts."""

    def __init__(self, images: int) -> None:
        self.count, self.value, self.unsure, self.influences = 0, 0.0, 0.0, np.zeros(images)

    def add(self, figure: RankingFigure) -> None:
        if not np.isnan(figure.value):
            self.count += 1
            self.value += figure.value
            self.unsure += 1 / figure.certain
            self.influences += figure.influences

    def estimate(self) -> Estimate:
        if not self.count:
            return Estimate(nan)
        certain = self.count**2 / self.unsure
        return share_interval(self.value / self.count, self.influences / self.count, certain, most=certain)


def _ranking(scores: NDArray[np.float32], positive: NDArray[np.bool_]) -> _Ranking:
    falling = -scores  # contiguous, which `scores`, a column of many, is not
    order = np.argsort(falling)
    ordered, flags = falling[order], positive[order].astype(np.float64)
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(order) else np.empty(0, np.int64)
    sizes = np.diff(np.append(starts, len(order)))
    positives = np.add.reduceat(flags, starts) if len(order) else np.empty(0)
    return _Ranking(order, np.repeat(np.arange(len(starts)), sizes), flags, positives, sizes - positives)


def _average_precision(ranking: _Ranking) -> RankingFigure:
    total = ranking.positives.sum()
    influences = np.zeros(len(ranking.order))
    if not total:
        return RankingFigure(nan, influences, 1.0)
    hits, above = np.cumsum(ranking.positives), np.cumsum(ranking.positives + ranking.negatives)
    precision = hits / above
    value = float((ranking.positives * precision).sum() / total)
    as_hit, as_any = _from_below(ranking.positives / above), _from_below(ranking.positives * precision / above)
    group, positive = ranking.group, ranking.positive
    own = positive * (precision[group] - value)
    influences[ranking.order] = (own + positive * as_hit[group] - as_any[group]) / total
    return RankingFigure(value, influences, _certain(ranking))


def _roc_auc(ranking: _Ranking) -> RankingFigure:
    """Return it with each image's share of rightly ranked pairs as its influence.

    E. R. DeLong et al., "Comparing the areas under two or more correlated receiver operating characteristic curves",
    Biometrics 44, 1988.
    """
    positives, negatives = float(ranking.positives.sum()), float(ranking.negatives.sum())
    influences = np.zeros(len(ranking.order))
    if not positives or not negatives:
        return RankingFigure(nan, influences, 1.0)
    before = (negatives - np.cumsum(ranking.negatives) + ranking.negatives / 2) / negatives
    behind = (np.cumsum(ranking.positives) - ranking.positives / 2) / positives
    value = float((ranking.positives * before).sum() / positives)
    of_positive, of_negative = (before - value) / positives, (behind - value) / negatives
    influences[ranking.order] = np.where(ranking.positive > 0, of_positive[ranking.group], of_negative[ranking.group])
    return RankingFigure(value, influences, _certain(ranking))


def _certain(ranking: _Ranking) -> float:
    """Return the effective number of trials of a perfect ranking, in which no image has an influence.

    It is that of R. G. Newcombe, "Confidence intervals for an effect size measure based on the Mann–Whitney statistic,
    part 2", Statistics in Medicine 25, 2006 (method 5, for an area near 1): about four for each image of the class. How
    far down the first missed image will be is not known, so the interval is wider than that of a nearly perfect
    ranking.
    """
    positives, negatives = float(ranking.positives.sum()), float(ranking.negatives.sum())
    return max(positives, 4 * positives * negatives / (positives + negatives + 2))


def _from_below(values: Floats) -> Floats:
    """Return the sum of each value and those after it."""
    return np.cumsum(values[::-1])[::-1]
