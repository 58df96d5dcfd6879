"""Numbers as text."""

import math

import pytest

from pipeline.report.page.number_text import bytes_text, counted, decimal_text, rounded_text, share_text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "100%"), (0.9999, ">99.9%"), (0.972222, "97.2%"), (0.0001, "<0.1%"), (0.0, "0%"), (math.nan, "–")],
)
def test_only_one_reads_as_all_and_only_zero_as_none(value, text):
    assert share_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.04721, "0.0472"), (1.5371, "1.537"), (1234.5, "1,234"), (math.nan, "–")]
)
def test_figures_have_few_digits(value, text):
    assert decimal_text(value) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (2_412_000, "2.4 MB"), (123_400_000, "123 MB"),
     (5_000_000_000, "5.0 GB"), (5_000_000_000_000, "5000 GB")],
)  # fmt: skip
def test_sizes_are_in_decimal_units(size, text):
    assert bytes_text(size) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(390_645, "390,645"), (1_520_000, "1.52 million"), (30_900_000, "30.9 million"), (1_600_000_000, "1.6 billion")],
)
def test_large_numbers_are_in_words(number, text):
    assert rounded_text(number) == text


def test_one_has_no_s():
    assert (counted(1, "image"), counted(2000, "image")) == ("1 image", "2,000 images")
