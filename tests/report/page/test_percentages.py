"""Probabilities on a page."""

import pytest

from pipeline.report.page.percentages import bar_width, percent


@pytest.mark.parametrize(
    ("probability", "text", "width"),
    [
        (1.0, ">99.9%", "100.0%"),
        (0.9995, ">99.9%", "100.0%"),
        (0.9994, "99.9%", "99.9%"),
        (0.5, "50.0%", "50.0%"),
        (0.0004, "<0.1%", "0.0%"),
        (1.0000001, ">99.9%", "100.0%"),
    ],
)
def test_one_that_is_not_certain_never_looks_so(probability, text, width):
    assert (percent(probability), bar_width(probability)) == (text, width)
