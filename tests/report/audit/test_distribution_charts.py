"""The charts of an audit."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.audit.distribution_charts import brightness_chart, size_chart
from pipeline.report.page.chart_axis import ChartAxis, fitting_axis

SIDES = st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), min_size=1, max_size=40)


def counted(texts):
    return sum(int(text.rpartition(": ")[2].replace(",", "")) for text in texts)


@given(SIDES)
def test_every_image_is_in_a_cell_inside_the_chart(sides):
    widths, heights = np.array(sides).T
    chart = size_chart(widths, heights)
    assert chart["distinct"] == len(set(sides))
    if len(set(sides)) == 1:
        assert chart["cells"] == []
        return
    assert counted(cell["text"] for cell in chart["cells"]) == len(sides)
    assert all(0 <= cell[axis] <= 1 - cell["side"] + 1e-9 for cell in chart["cells"] for axis in "xy")
    assert {cell["level"] for cell in chart["cells"]} <= {1, 2, 3, 4, 5}
    assert max(cell["level"] for cell in chart["cells"]) == 5


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=9))
def test_an_axis_has_a_few_round_ticks_in_order(values):
    axis = fitting_axis(np.array(values))
    places, texts = zip(*axis.ticks(), strict=True)
    assert 1 <= len(places) <= 6
    assert all(0 <= place <= 1 for place in places)
    assert sorted(set(places)) == list(places)
    assert len(set(texts)) == len(texts)
    assert axis.logarithmic == (max(values) / min(values) > 8)
    assert ((axis.places(values) > 0) & (axis.places(values) < 1)).all() or not axis.low


def test_sizes_over_decades_have_a_logarithmic_axis():
    axis = ChartAxis(10, 10_000, logarithmic=True)
    assert axis.places([10, 100, 10_000]) == pytest.approx([0, 1 / 3, 1])
    assert [text for _, text in axis.ticks()] == ["10", "100", "1,000", "10,000"]


def test_the_page_names_the_sizes(page_of):
    sides = np.array([[4032, 3024]] * 60 + [[3024, 4032]] * 39 + [[16, 16]])
    page = page_of(widths=sides[:, 0], heights=sides[:, 1])
    assert "smallest 16 × 16 median 4,032 × 3,024 largest 4,032 × 3,024" in page.words
    assert "3 different sizes. Most frequent: 4,032 × 3,024 (60%), 3,024 × 4,032 (39%)" in page.words
    assert page.all("svg")[0]["aria-label"].startswith("Widths and heights of 100 images: smallest 16 × 16")
    assert "logarithmic" in page.words


@pytest.mark.parametrize(("number", "sentence"), [(1, "The image has"), (2000, "All 2,000 images have")])
def test_one_size_is_said_in_words(page_of, number, sentence):
    page = page_of(widths=np.full(number, 32), heights=np.full(number, 48))
    assert f"Size 32 × 48 {sentence} this size in pixels." in page.words
    assert page.all("svg") == []


@given(st.lists(st.floats(0, 255, width=32), min_size=1))
def test_every_image_is_in_a_bar_of_brightness(values):
    chart = brightness_chart(np.array([*values, np.nan], np.float32))
    assert counted(text for *_, text in chart["bars"]) == len(values)
    assert all(0 <= start < 1 and 0 < height <= 1 for start, _, height, _ in chart["bars"])


def test_the_page_shows_brightness(page_of):
    page = page_of(brightness=np.array([0, 4, 255, 100, 101], np.float32))
    titles = re.findall(r"<title>(\d[^<]*)</title>", page.text)
    assert titles == ["0 to 7: 2", "96 to 103: 2", "248 to 255: 1"]
    assert "median, 100 of 255" in page.words
