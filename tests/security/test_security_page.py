"""docs/security.md names a test for each line, and the tests are there."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs/security.md").read_text(encoding="utf-8")


def test_every_line_of_what_is_not_trusted_names_tests_that_exist():
    table = PAGE.partition("## What is not trusted")[2].partition("\n## ")[0]
    rows = [row.split(" | ") for row in re.findall(r"^\| (?!may be|---)(.*) \|$", table, re.MULTILINE)]
    assert len(rows) > 12
    for hostile, _, tests in rows:
        names = re.findall(r"`([^`]+)`", tests)
        assert names or tests == "the same", hostile
        assert all(list(TESTS.glob(name)) for name in names), (hostile, names)


def test_the_other_tests_that_it_names_exist():
    names = re.findall(r"`([\w/]+/test_\w+\.py|test_\w+\.py)`", PAGE)
    assert len(names) > 15
    assert [name for name in names if not (TESTS / name).is_file()] == []
