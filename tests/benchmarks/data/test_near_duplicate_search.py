"""The benchmark of the search for near duplicates."""

import sys

from benchmarks.data.near_duplicate_search import main
from benchmarks.data.planted_copies import KINDS


def test_it_prints_a_table_and_the_growth(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["near_duplicate_search", "--images", "2000"])
    main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].count("|") == 5 + len(KINDS)
    assert lines[2].startswith("| 200 |")
    assert lines[3].startswith("| 2,000 |")
    assert lines[3].count("100.0%") >= 3
    assert lines[-1].startswith("Ten times the images take")
