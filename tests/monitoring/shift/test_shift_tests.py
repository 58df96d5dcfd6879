"""The tests of a difference: right p-values without one, a large effect with one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pipeline.monitoring.shift.class_matching import matched_rows
from pipeline.monitoring.shift.class_mix_test import class_mix_test
from pipeline.monitoring.shift.energy_test import energy_test
from pipeline.monitoring.shift.shift_test import ShiftTest, value_gap

SEEDS = range(100)


def share_below(p_values, level=0.05):
    return np.mean(np.array(p_values) <= level)


def test_the_gap_is_that_of_the_shares():
    test = value_gap(np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.5, 4.5, 5.5, 6.5]))
    assert test.effect == 0.75  # three of four new values, and none of the reference, are below 3.5
    assert value_gap(np.array([9.0] * 30), np.array([1.0] * 30), lower_only=True).effect == 0.0
    assert value_gap(np.array([1.0] * 30), np.array([9.0] * 30), lower_only=True).effect == 1.0


def test_values_of_one_source_rarely_differ():
    draws = [np.random.default_rng(seed).normal(size=300) for seed in SEEDS]
    assert share_below([value_gap(one[:60], one[60:]).p_value for one in draws]) <= 0.1


@pytest.mark.parametrize("classes", [2, 50])
def test_class_mixes_of_one_source_rarely_differ(classes):
    found = []
    for seed in SEEDS:
        generator = np.random.default_rng(seed)
        shares = generator.dirichlet(np.ones(classes))
        new, reference = generator.multinomial(50, shares), generator.multinomial(300, shares)
        found.append(class_mix_test(new, reference, generator))
    assert share_below([test.p_value for test in found]) <= 0.1
    assert np.mean([test.effect for test in found]) < 0.06


def test_another_class_mix_is_found_and_its_effect_is_the_share_of_images():
    test = class_mix_test(np.array([100, 0]), np.array([500, 500]), np.random.default_rng(0))
    assert test.p_value == 0.001
    assert test.effect == pytest.approx(0.5, abs=0.06)


def test_points_of_one_source_rarely_differ_and_the_effect_has_no_bias():
    found = []
    for seed in SEEDS:
        generator = np.random.default_rng(seed)
        points = generator.normal(size=(90, 8)).astype(np.float32)
        found.append(energy_test(points[:30], points[30:], generator))
    assert share_below([test.p_value for test in found]) <= 0.1
    assert np.mean([test.effect for test in found]) < 0.01


def test_the_energy_distance_in_one_dimension_is_scipys():
    generator = np.random.default_rng(0)
    new, reference = (generator.normal(mean, 1, (400, 1)).astype(np.float32) for mean in (2, 0))
    test = energy_test(new, reference, generator)
    apart = np.abs(new - reference.T).mean()
    expected = stats.energy_distance(new[:, 0], reference[:, 0]) ** 2  # its root is what SciPy calls the distance
    assert test.effect == pytest.approx(expected / (2 * apart), abs=0.01)
    assert test.p_value == 1 / 500


def test_equal_points_do_not_differ():
    points = np.ones((20, 3), np.float32)
    assert energy_test(points, points, np.random.default_rng(0)) == ShiftTest(0.0, 1.0)


def test_the_weaker_test_has_the_larger_p_value():
    weak, strong = ShiftTest(0.5, 0.2), ShiftTest(0.1, 0.01)
    assert weak.weaker(strong) is strong.weaker(weak) is weak
    assert weak.weaker(ShiftTest(0.1, 0.2)).effect == 0.1


@settings(max_examples=60, deadline=None)
@given(
    new=st.lists(st.integers(0, 5), min_size=1, max_size=60),
    reference=st.lists(st.integers(0, 5), min_size=1, max_size=60),
    most=st.integers(1, 40),
)
def test_matched_rows_are_rows_of_the_reference_once(new, reference, most):
    rows = matched_rows(np.array(new), np.array(reference), most, np.random.default_rng(0))
    assert 1 <= len(rows) <= most
    assert len(set(rows.tolist())) == len(rows)
    assert rows.min() >= 0
    assert rows.max() < len(reference)


def test_matched_rows_have_the_new_images_mix():
    reference = np.repeat([0, 1, 2], [500, 300, 200])
    new = np.repeat([0, 1], [20, 60])
    rows = matched_rows(new, reference, 400, np.random.default_rng(0))
    assert np.bincount(reference[rows], minlength=3).tolist() == [100, 300, 0]
