"""How often a comparison of two models is wrong: `python -m benchmarks.evaluation.comparison_errors`."""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from pipeline.evaluation.comparison.model_comparison import compare_models
from pipeline.evaluation.comparison.paired_images import pair_images
from pipeline.evaluation.comparison.weighted_figures import WeightedFigures

CLASSES = tuple(f"class {number}" for number in range(10))
POPULATION = 100_000  # images whose predictions by both models are known
SHARED = 0.8  # how much the difficulty of an image is the same for both models
CASES = (  # accuracies of A and B, test images
    *(((accuracy, accuracy), images) for accuracy in (0.7, 0.95, 0.99) for images in (360, 1000)),
    ((0.94, 0.96), 1000),
    ((0.90, 0.92), 1000),
    ((0.97, 0.99), 1000),
)
IMBALANCED = (*[100] * 5, *[5] * 5)  # test images of each class


@dataclass(frozen=True)
class ComparisonErrors:
    """What came of many comparisons of two models whose accuracies are known.

    Attributes:
        accuracies: of A and B on all images.
        images: of each test set.
        a_better: share of comparisons that call A better.
        b_better: share that calls B better.
        detectable: mean of the difference that the comparisons state to show in 4 of 5 cases.
        either_better: share that calls A or B better by a figure, by figure.
        coverage: share of the 95% intervals that contain the true difference, by figure.
    """

    accuracies: tuple[float, float]
    images: int
    a_better: float
    b_better: float
    detectable: float
    either_better: dict[str, float]
    coverage: dict[str, float]


def population(accuracies: tuple[float, float], seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return predictions tables of two models for the same images.

    An image has a difficulty; each model adds separate noise, and is right where the sum is low.

    Args:
        accuracies: of the two models; they are met exactly.
        seed: of the random numbers.
    """
    random = np.random.default_rng(seed)
    truth = random.integers(len(CLASSES), size=POPULATION)
    difficulty = random.normal(size=POPULATION)
    digests = np.char.zfill(np.arange(POPULATION).astype(str), 8).astype(object)
    tables = []
    for accuracy in accuracies:
        noisy = SHARED**0.5 * difficulty + (1 - SHARED) ** 0.5 * random.normal(size=POPULATION)
        logits = random.normal(size=(POPULATION, len(CLASSES)))
        others = np.where(np.arange(len(CLASSES)) == truth[:, None], -np.inf, logits).max(axis=1)
        logits[np.arange(POPULATION), truth] = others + 3 * (np.quantile(noisy, accuracy) - noisy)
        probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        predicted = probabilities.argmax(axis=1)
        columns = {"path": digests, "digest": digests, "label": np.array(CLASSES, object)[truth]}
        columns |= {"predicted": np.array(CLASSES, object)[predicted], "confidence": probabilities.max(axis=1)}
        columns |= {"correct": predicted == truth, "loss": -np.log(probabilities[np.arange(POPULATION), truth])}
        tables.append(pd.DataFrame(columns))
    return tables[0], tables[1]


def measure(
    accuracies: tuple[float, float], images: int, pairs: int, seed: int, each: Sequence[int] = ()
) -> ComparisonErrors:
    """Return what comes of comparing the two models on many test sets drawn from the population.

    Args:
        accuracies: of A and B.
        images: of each test set.
        pairs: how many test sets.
        seed: of the random numbers.
        each: test images of each class, `images` in total; () if classes are as frequent as in the population.
    """
    a, b = population(accuracies, seed)
    of_class = [np.flatnonzero(a["label"] == name) for name in CLASSES]
    weights = np.ones((1, POPULATION))
    for number, wanted in zip(of_class, each, strict=False):
        weights[0, number] = wanted / len(number)
    of_a, of_b = (WeightedFigures(table, CLASSES).figures(weights) for table in (a, b))
    random = np.random.default_rng([seed, images])
    better, either, covered, stated = Counter[str](), Counter[str](), Counter[str](), 0.0
    for _ in range(pairs):
        if each:
            parts = [random.choice(one, wanted, replace=False) for one, wanted in zip(of_class, each, strict=True)]
            drawn = np.concatenate(parts)
        else:
            drawn = random.choice(POPULATION, images, replace=False)
        comparison = compare_models(pair_images(a.iloc[drawn], b.iloc[drawn], CLASSES, CLASSES), CLASSES)
        better[comparison.better] += 1
        stated += comparison.detectable
        for one in comparison.figures:
            true = float(of_b[one.name][0] - of_a[one.name][0])
            either[one.name] += bool(one.better)
            covered[one.name] += not (one.difference.low > true or one.difference.high < true)
    shares = ({name: counted[name] / pairs for name in of_a} for counted in (either, covered))
    return ComparisonErrors(accuracies, images, better["A"] / pairs, better["B"] / pairs, stated / pairs, *shares)


def results(pairs: int) -> Iterator[ComparisonErrors]:
    """Yield what comes of each case; the last ones have classes of 100 and of 5 images.

    Args:
        pairs: test sets for each.
    """
    for accuracies, images in CASES:
        yield measure(accuracies, images, pairs, seed=0)
    for accuracy in (0.8, 0.95):
        yield measure((accuracy, accuracy), sum(IMBALANCED), pairs, seed=0, each=IMBALANCED)


def main(pairs: int) -> None:
    """Print a row for each case.

    Args:
        pairs: test sets for each.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    heads = ("accuracy of A", "of B", "images", "A better", "B better", "shown in 4 of 5")
    others = ("balanced", "macro F1", "loss", "calibration")
    for head in (*heads, "either better: balanced", *others[1:], "covered: accuracy", *others):
        table.add_column(head, justify="right")
    for one in results(pairs):
        either = list(one.either_better.values())[1:]
        shares = (one.a_better, one.b_better, one.detectable, *either, *one.coverage.values())
        accuracies = [f"{accuracy:.2f}" for accuracy in one.accuracies]
        table.add_row(*accuracies, f"{one.images:,}", *(f"{share:.3f}" for share in shares))
    Console(width=160).print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Compare simulated models whose accuracies are known.")
    parser.add_argument("--pairs", type=int, default=200, help="test sets for each case (default: %(default)s)")
    main(parser.parse_args().pairs)
