"""The reliability diagram and the calibration error."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation.calibration.calibration_error import expected_calibration_error
from pipeline.evaluation.calibration.reliability import reliability
from tests.evaluation.drawn_table import drawn_table, table_of


def test_bins_hold_the_images_by_their_confidence():
    table = table_of([0, 0, 1, 1], [[0.55, 0.45], [0.35, 0.65], [0.25, 0.75], [0.0, 1.0]], ["a", "b"])
    bins = reliability(table, 5)
    assert [(one.low, one.high) for one in bins] == [(0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0)]
    assert [one.images for one in bins] == [0, 0, 1, 2, 1]
    assert bins[2].accuracy.value == 1.0
    assert bins[3].confidence == pytest.approx(0.7, abs=1e-6)
    assert bins[3].accuracy.value == 0.5
    assert math.isnan(bins[0].confidence)
    assert not bins[0].accuracy.defined


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 300))
def test_the_error_is_the_bins_gaps_weighted_by_images(seed, images):
    _, table = drawn_table(seed, images)
    bins = [one for one in reliability(table) if one.images]
    gaps = sum(one.images * abs(one.confidence - one.accuracy.value) for one in bins) / images
    error = expected_calibration_error(table["confidence"].to_numpy(), table["correct"].to_numpy())
    assert error.value == pytest.approx(gaps)
    assert 0 <= error.low <= error.value <= error.high <= 1


def test_a_calibrated_network_may_have_no_error():
    random = np.random.default_rng(0)
    confidence = random.uniform(0.3, 1, 500)
    right = random.random(500) < confidence
    assert expected_calibration_error(confidence, right).low == 0
    overconfident = expected_calibration_error(confidence, random.random(500) < confidence - 0.25)
    assert 0.18 < overconfident.low < 0.25 < overconfident.high < 0.32


def test_a_probability_that_rounding_lifts_above_1_counts_as_1():
    rounded, right = np.full(50, 1.0000001), np.ones(50, bool)
    assert expected_calibration_error(rounded, right) == expected_calibration_error(np.ones(50), right)
    assert expected_calibration_error(rounded, right).low == 0
