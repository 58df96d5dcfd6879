"""A figure with its interval."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.report.evaluation.interval_view import bar_start, interval_text, interval_view

SHARES = st.floats(0, 1)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(0.95, 0.985, "95.0–98.5%"), (0.9, 1.0, "90.0–100%"), (0.99, 0.99984, "99.0–99.98%"), (0.00004, 0.1, "0.01–10.0%"),
     (math.nan, math.nan, "")],
)  # fmt: skip
def test_as_text(low, high, text):
    assert interval_text(Estimate(0.5, low, high)) == text


@given(st.lists(SHARES, min_size=3, max_size=3), st.sampled_from([0.0, 0.3, 0.9]))
def test_the_bar_stays_inside_and_holds_its_value(values, start):
    low, value, high = sorted(values)
    view = interval_view(Estimate(value, low, high), start)
    left, width, at = (float(view[name]) for name in ("low", "width", "at"))
    assert 0 <= left <= 100
    assert left + width <= 100.61
    assert left - 0.11 <= at <= left + width + 0.11


def test_an_undefined_figure_has_no_bar():
    view = interval_view(Estimate(math.nan), 0.5)
    assert (view["value"], view["at"], view["low"]) == ("–", None, None)


@given(st.lists(SHARES | st.just(math.nan)))
def test_bars_begin_below_every_value(values):
    start = bar_start(*values)
    assert 0 <= start <= 0.9
    assert all(math.isnan(value) or value >= min(start, 0.9) - 1e-9 or start == 0.9 for value in values)
