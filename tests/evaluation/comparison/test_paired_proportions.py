"""Test and interval of a difference of two accuracies on the same images."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from pipeline.evaluation.comparison.paired_proportions import detectable_difference, difference_limits, mcnemar

COUNTS = st.integers(0, 60)


@settings(deadline=None)
@given(COUNTS, COUNTS)
def test_the_p_value_is_that_of_the_exact_binomial_test(only_a, only_b):
    expected = binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    assert mcnemar(only_a, only_b) == pytest.approx(expected)


@settings(deadline=None)
@given(COUNTS, COUNTS, st.integers(1, 1000))
def test_the_interval_contains_the_difference_and_is_mirrored_when_the_models_change_places(only_a, only_b, others):
    images = only_a + only_b + others
    low, high = difference_limits(only_a, only_b, images)
    assert -1 <= low <= (only_b - only_a) / images <= high <= 1
    assert low < high
    mirrored = difference_limits(only_b, only_a, images)
    assert (-mirrored[1], -mirrored[0]) == (pytest.approx(low, abs=1e-12), pytest.approx(high, abs=1e-12))


def test_the_interval_includes_zero_wherever_the_exact_test_shows_no_difference():
    only_a, only_b = (counts.ravel() for counts in np.meshgrid(np.arange(100), np.arange(100)))
    for images in (200, 1000):
        low, high = difference_limits(only_a, only_b, images)
        shown = mcnemar(only_a, only_b) < 0.05
        leaves_out = (low > 0) | (high < 0)
        assert not (leaves_out & ~shown).any()
        assert (shown & ~leaves_out).mean() <= 0.001


def test_two_models_that_are_right_on_the_same_images_have_an_interval_all_the_same():
    low, high = difference_limits(0, 0, 360)
    assert high == -low == pytest.approx(0.0156, abs=1e-4)
    assert np.isnan(difference_limits(0, 0, 0)).all()


def test_more_images_show_smaller_differences():
    few, many = detectable_difference(10, 10, 360), detectable_difference(100, 100, 3600)
    assert 0 < many < few < 0.1
    assert detectable_difference(0, 0, 10) <= 1
