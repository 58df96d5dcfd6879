"""ROC and precision-recall curves with few points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import auc, precision_recall_curve, roc_curve

from pipeline.evaluation.scores.ranking_curves import MOST_POINTS, class_curves, micro_curves, thinned
from tests.evaluation.drawn_table import drawn_table, table_of


def test_a_class_has_scikit_learns_curves():
    _, table = drawn_table(0, 60)
    curves, truth, scores = class_curves(table, "c1"), table["label"] == "c1", table["p_c1"]
    false, true, _ = roc_curve(truth, scores, drop_intermediate=False)
    assert auc(*curves.roc.T) == pytest.approx(auc(false, true), abs=1e-3)
    precision, recall, _ = precision_recall_curve(truth, scores)
    for points, x, y in ((curves.roc, false, true), (curves.precision_recall[1:], recall, precision)):
        for point in points:
            assert np.abs(np.stack([x, y], axis=1) - point).sum(axis=1).min() < 1e-9


@pytest.mark.parametrize("images", [50, 5000])
def test_all_classes_together_have_the_curves_of_all_pairs(images):
    names, table = drawn_table(1, images)
    curves = micro_curves(table, names)
    truth = np.concatenate([table["label"] == name for name in names])
    scores = np.concatenate([table[f"p_{name}"] for name in names])
    assert len(curves.roc) <= MOST_POINTS
    false, true, _ = roc_curve(truth, scores, drop_intermediate=False)
    assert auc(*curves.roc.T) == pytest.approx(auc(false, true), abs=1e-3)
    precision, recall, _ = precision_recall_curve(truth, scores)
    assert auc(*curves.precision_recall.T) == pytest.approx(auc(recall, precision), abs=3e-3)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(3, 3000))
def test_a_thinned_line_keeps_its_ends_and_its_shape(seed, count):
    steps = np.random.default_rng(seed).random((count, 2)) ** 6
    line = np.cumsum(steps, axis=0)
    line /= line[-1]
    found = thinned(line)
    assert len(found) <= MOST_POINTS
    assert found[0].tolist() == line[0].tolist()
    assert found[-1].tolist() == line[-1].tolist()
    assert np.abs(np.interp(line[:, 0] + line[:, 1], found.sum(axis=1), found[:, 1]) - line[:, 1]).max() < 0.01


def test_a_class_without_images_has_no_curves():
    table = table_of([0, 0], [[0.9, 0.1], [0.4, 0.6]], ["a", "b"])
    assert len(class_curves(table, "b").roc) == len(class_curves(table, "b").precision_recall) == 0
    assert len(class_curves(table, "a").roc) == 0
    assert class_curves(table, "a").precision_recall[-1].tolist() == [1.0, 1.0]
