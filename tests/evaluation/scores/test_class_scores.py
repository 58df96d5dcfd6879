"""Figures of each class."""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm

from pipeline.evaluation.scores.class_counts import confusion_counts
from pipeline.evaluation.scores.class_scores import CLASS_FIGURES, class_scores, undefined_classes
from tests.evaluation.drawn_table import drawn_table, table_of

CLASSES = ["ant", "bee", "owl", "zebra"]
PROBABILITIES = [
    [0.8, 0.1, 0.1, 0],
    [0.8, 0.1, 0.1, 0],
    [0.8, 0.1, 0.1, 0],
    [0.3, 0.6, 0.1, 0],
    [0.1, 0.8, 0.1, 0],
    [0.8, 0.1, 0.1, 0],
    [0.6, 0.3, 0.1, 0],
]


@pytest.fixture
def table():
    return table_of([0, 0, 0, 0, 1, 1, 2], PROBABILITIES, CLASSES)


def test_a_class_has_the_figures_of_the_definitions(table):
    found = class_scores(table, CLASSES)
    assert found["class"].tolist() == CLASSES
    assert found["images"].tolist() == [4, 2, 1, 0]
    assert found["predicted"].tolist() == [5, 2, 0, 0]
    assert found["precision"].tolist() == pytest.approx([3 / 5, 1 / 2, np.nan, np.nan], nan_ok=True)
    assert found["recall"].tolist() == pytest.approx([3 / 4, 1 / 2, 0, np.nan], nan_ok=True)
    assert found["f1"].tolist() == pytest.approx([2 / 3, 1 / 2, 0, np.nan], nan_ok=True)
    pairs = [(f"{name}_low", f"{name}_high") for name in CLASS_FIGURES]
    assert list(found.columns) == [
        "class", "images", "predicted", *(column for name, pair in zip(CLASS_FIGURES, pairs, strict=True)
                                          for column in (name, *pair)),
    ]  # fmt: skip


def test_undefined_figures_are_named(table):
    assert undefined_classes(class_scores(table, CLASSES)) == {
        "precision": ["owl", "zebra"],
        "recall": ["zebra"],
        "f1": ["zebra"],
        "average_precision": ["zebra"],
        "roc_auc": ["zebra"],
    }
    names, other = drawn_table(0)
    assert undefined_classes(class_scores(other, names)) == {}


def test_limits_hold_the_figure(table):
    scores = class_scores(table, CLASSES)
    for _, row in scores.iterrows():
        for figure in CLASS_FIGURES:
            value, low, high = row[[figure, f"{figure}_low", f"{figure}_high"]]
            assert np.isnan(value) or 0 <= low <= value <= high <= 1


def test_confusion_has_the_truth_in_rows(table):
    assert confusion_counts(table, CLASSES).tolist() == [[3, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0] * 4]


@pytest.mark.parametrize("positives", [1, 3, 10])
def test_the_interval_of_the_roc_area_holds_for_a_class_of_few_images(positives):
    """Of 200 test sets, 95% intervals miss in 10 on average, and in more than 20 once in 1,000 times."""
    random, true, held = np.random.default_rng(0), norm.cdf(2 / 2**0.5), 0
    labels = [0] * positives + [1] * 300
    for _ in range(200):
        scores = expit(random.normal(size=len(labels)) + 2 * (np.arange(len(labels)) < positives))
        found = class_scores(
            table_of(labels, np.stack([scores, 1 - scores], axis=1), ["rare", "other"]), ["rare", "other"]
        )
        held += found["roc_auc_low"][0] <= true <= found["roc_auc_high"][0]
    assert held >= 180
