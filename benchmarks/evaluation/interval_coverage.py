"""How often the stated 95% intervals of an evaluation hold the figure of all images there could be.

    python -m benchmarks.evaluation.interval_coverage

Draws test sets from a large set of synthetic predictions, whose figures are known, and prints for each figure the share
of test sets whose interval contains it: the stated interval, then the plain percentile bootstrap of the same test sets
(1,000 resamples; 200 for mean average precision and ROC AUC). Figures of a class are averaged over classes; for them
there is no bootstrap. With 200 test sets a share of 0.95 is known to ±0.03.
"""

import argparse
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd

from benchmarks.evaluation.percentile_bootstrap import percentile_intervals, resample_counts
from benchmarks.evaluation.synthetic_population import Population, synthetic_population
from pipeline.evaluation.scores.class_scores import CLASS_FIGURES, class_scores
from pipeline.evaluation.scores.scored_images import scored_images
from pipeline.evaluation.scores.summary_scores import summary_scores

ACCURACIES, SIZES = (0.7, 0.95, 0.99), (360, 2000)
TOP_K, RESAMPLES = 3, 1000

Coverage = dict[str, tuple[float, float]]


def main(draws: int, accuracies: Sequence[float], sizes: Sequence[int], sharpness: float, images: int) -> str:
    """Return a table with a line for each figure and a column for each accuracy and size of test sets."""
    columns: dict[str, Coverage] = {}
    for accuracy in accuracies:
        population = synthetic_population(accuracy, images, sharpness=sharpness)
        for size in sizes:
            columns[f"{accuracy:g}, {size:,} images"] = measure_coverage(population, size, draws)
    lines = [f"| | {' | '.join(columns)} |", "|---|" + "---|" * len(columns)]
    for figure in next(iter(columns.values())):
        cells = [_cell(*coverage[figure]) for coverage in columns.values()]
        lines.append(f"| {figure} | {' | '.join(cells)} |")
    return "\n".join(lines)


def measure_coverage(population: Population, size: int, draws: int) -> Coverage:
    """Return the shares of test sets whose stated interval and whose bootstrap interval contain the true figure.

    Args:
        population: from which test sets are drawn.
        size: images of a test set.
        draws: how many test sets.

    Returns:
        The two shares by figure; NaN where there is no bootstrap interval.
    """
    classes, random = population.classes, np.random.default_rng(1)
    everything = population.table(np.arange(len(population.truth)))
    true, true_of_class = summary_scores(everything, classes, TOP_K), class_scores(everything, classes)
    counts = resample_counts(size, RESAMPLES)
    stated, resampled = defaultdict(list), defaultdict(list)
    for _ in range(draws):
        table = population.table(random.integers(0, len(population.truth), size))
        intervals = percentile_intervals(scored_images(table, classes), counts, TOP_K)
        for name, estimate in summary_scores(table, classes, TOP_K).items():
            stated[name].append(estimate.low <= true[name].value <= estimate.high)
            resampled[name].append(intervals[name][0] <= true[name].value <= intervals[name][1])
        for name, shares in _class_hits(class_scores(table, classes), true_of_class).items():
            stated[name] += shares
    return {name: (_share(hits), _share(resampled[name])) for name, hits in stated.items()}


def _class_hits(scores: pd.DataFrame, true: pd.DataFrame) -> dict[str, list[bool]]:
    """Return, for each figure, whether the interval of each class that has one contains the true figure."""
    hits = {}
    for figure in CLASS_FIGURES:
        inside = (scores[f"{figure}_low"] <= true[figure]) & (true[figure] <= scores[f"{figure}_high"])
        hits[f"{figure} of a class"] = inside[scores[figure].notna()].tolist()
    return hits


def _share(hits: Sequence[bool]) -> float:
    return float(np.mean(hits)) if hits else float("nan")


def _cell(stated: float, resampled: float) -> str:
    return f"{stated:.3f}" + ("" if np.isnan(resampled) else f" ({resampled:.3f})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=200, help="test sets of each size (default: 200)")
    parser.add_argument("--accuracies", type=float, nargs="+", default=ACCURACIES)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="images of a test set")
    parser.add_argument("--sharpness", type=float, default=1.2, help="1: about calibrated (default: 1.2)")
    parser.add_argument("--images", type=int, default=500_000, help="in the whole set (default: 500,000)")
    options = parser.parse_args()
    print(main(options.draws, options.accuracies, options.sizes, options.sharpness, options.images))
