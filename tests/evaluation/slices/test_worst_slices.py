"""Slices: chance is not taken for a finding, and what is planted is found."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, fisher_exact

from pipeline.evaluation.scores.multiple_tests import holm
from pipeline.evaluation.slices.worst_slices import small_slices, worst_slices
from tests.evaluation.slices.prediction_rows import prediction_rows

COUNTS = {"cat": 100, "dog": 80}


def test_what_is_planted_comes_first_with_its_counts():
    camera = np.array(["old", "new"]).repeat([60, 340])
    correct = np.ones(400, bool)
    correct[:20] = correct[100:103] = False
    first, second = worst_slices(prediction_rows(correct, camera=camera), COUNTS)
    assert (first.column, first.value, first.images, first.errors) == ("camera", "old", 60, 20)
    assert first.accuracy.value == pytest.approx(40 / 60)
    assert first.rest == pytest.approx(337 / 340)
    assert first.accuracy.low < 40 / 60 < first.accuracy.high < first.rest
    assert first.is_finding
    assert not second.is_finding


def test_the_p_value_of_a_single_slice_is_that_of_fishers_test():
    correct = np.r_[np.zeros(5, bool), np.ones(15, bool), np.zeros(3, bool), np.ones(77, bool)]
    slices = worst_slices(prediction_rows(correct, camera=["old"] * 20 + ["new"] * 80), COUNTS)
    worse = fisher_exact([[5, 15], [3, 77]], alternative="greater").pvalue
    assert slices[0].p_value == pytest.approx(2 * worse)  # two slices were looked at


def test_chance_is_a_finding_in_one_of_twenty_tables_at_most():
    random, false = np.random.default_rng(1), 0
    for _ in range(60):
        columns = {f"column{index}": random.integers(0, 10, 600).astype(str) for index in range(5)}
        rows = prediction_rows(random.random(600) < 0.9, brightness=random.random(600) * 255, **columns)
        false += any(one.is_finding for one in worst_slices(rows, COUNTS))
    assert false <= 7  # at 5%, more than 7 of 60 are seen in 1 of 100 cases


def test_findings_are_sorted_by_accuracy_and_come_before_the_others():
    place = np.array(["bad", "worse", "good"]).repeat([200, 100, 700])
    random = np.random.default_rng(2)
    correct = random.random(1000) < pd.Series(place).map({"bad": 0.6, "worse": 0.3, "good": 0.99}).to_numpy()
    rows = prediction_rows(correct, place=place, coin=random.integers(0, 2, 1000).astype(str))
    slices = worst_slices(rows, COUNTS)
    assert [one.value for one in slices[:2]] == ["worse", "bad"]
    assert [one.is_finding for one in slices] == [True, True, False, False, False]


def test_small_slices_are_left_out_and_counted():
    rows = prediction_rows([True] * 100, camera=["a"] * 9 + ["b"] * 10 + ["c"] * 81)
    assert {one.value for one in worst_slices(rows, COUNTS)} == {"b", "c"}
    assert small_slices(rows, COUNTS) == 1


def test_images_that_do_not_differ_have_no_slices():
    rows = prediction_rows([True] * 50, brightness=100.0, camera="one", width=28, height=28)
    assert worst_slices(rows, COUNTS) == []
    assert worst_slices(prediction_rows([]), COUNTS) == []


def test_no_mistakes_are_no_finding():
    slices = worst_slices(prediction_rows([True] * 100, camera=["a", "b"] * 50), COUNTS)
    assert [one.p_value for one in slices] == [1, 1]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_adjusts_by_no_less_than_benjamini_and_hochberg_and_no_more_than_bonferroni(p_values):
    plain = np.array(p_values)
    adjusted = holm(plain)
    assert (adjusted <= np.minimum(plain * len(plain), 1) + 1e-12).all()
    assert (adjusted >= false_discovery_control(plain) - 1e-12).all()
    assert (np.diff(adjusted[np.argsort(plain, kind="stable")]) >= 0).all()
