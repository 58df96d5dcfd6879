"""CSV files for people: a spreadsheet executes nothing of them, and what the project reads back is what it was."""

import csv

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.base.formats.csv_table import harmless_text, original_text, write_csv

NAMES = ("=cmd|' /C calc'!A0", "@SUM(1)", "+cat", "-dog", "\tx", "'=y", "''-z", "＝full", "cat", "", "-0.5", "'tis")


@given(st.text())
@example("'=x")
def test_every_text_comes_back(text):
    assert original_text(harmless_text(text)) == text


@pytest.mark.parametrize("name", NAMES)
def test_no_cell_begins_as_a_formula_unless_it_is_a_number(name):
    cell = harmless_text(name)
    assert not cell.startswith(("=", "@", "+", "\t", "\r", "＝"))
    assert not cell.startswith("-") or cell == "-0.5"


def test_a_table_is_written_with_numbers_as_they_are_and_paths_that_lead_there(tmp_path):
    table = pd.DataFrame({"path": ["=a/1.png", "b.png"], "class": ["=a", "b"], "change": [-0.25, None]})
    write_csv(table, tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["path", "class", "change"], ["./=a/1.png", "'=a", "-0.25"], ["b.png", "b", ""]]
