"""Wilson's interval."""

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from pipeline.evaluation.scores.proportion import wilson


@given(st.integers(1, 10_000), st.data())
def test_it_is_the_interval_of_scipy(trials, data):
    successes = data.draw(st.integers(0, trials))
    expected = binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    estimate = wilson(successes, trials)
    assert estimate.value == successes / trials
    assert estimate.low == pytest.approx(expected.low, abs=1e-9)
    assert estimate.high == pytest.approx(expected.high, abs=1e-9)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


def test_all_right_is_not_certainly_all_right():
    assert wilson(20, 20).high == 1
    assert wilson(20, 20).low < 0.85


def test_of_no_trial_nothing_is_known():
    assert not wilson(0, 0).defined
    assert isnan(wilson(0, 0).low)


@pytest.mark.parametrize("successes", [-1, 4])
def test_more_successes_than_trials_are_refused(successes):
    with pytest.raises(ValueError, match="from 0 to 3"):
        wilson(successes, 3)
