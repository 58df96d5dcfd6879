"""The gate's verdict on the page."""

import math

import pytest

from pipeline.base.errors import PipelineError
from pipeline.report.evaluation.evaluation_page import evaluation_page
from pipeline.report.evaluation.gate_section import with_gate
from tests.report.evaluation.conftest import Page

PASSED = {
    "registered": True,
    "reason": "registered: accuracy 0.9722 ≥ 0.95",
    "checks": [{"metric": "accuracy", "value": 0.9722, "floor": 0.95, "passed": True}],
    "name": "dig<its",
    "version": 3,
    "alias": "candidate",
}


@pytest.fixture
def plain(content, population):
    return evaluation_page(content(population()))


def test_before_the_gate_the_page_says_what_decides(plain):
    text = Page(plain).text
    assert "the next stage of dvc repro , register ," in text
    assert "Registered as" not in text


def test_a_registered_model_has_its_version_alias_and_floors(plain):
    text = Page(with_gate(plain, PASSED)).text
    assert "Registered as dig<its version 3, alias candidate" in text
    assert "Accuracy 97.2% 95% reached" in text
    assert "--model 'models:/dig<its/3'" in text
    assert "the next stage" not in text


@pytest.mark.parametrize(("value", "text"), [(0.9499999, "94.9% 95% missed"), (None, "– 95% missed"),
                                             (math.nan, "– 95% missed")])  # fmt: skip
def test_a_missed_floor_never_reads_as_reached(plain, value, text):
    checks = [{"metric": "min_class_recall", "value": value, "floor": 0.95, "passed": False}]
    decision = {"registered": False, "reason": "not registered: min_class_recall is too low", "checks": checks}
    found = Page(with_gate(plain, decision)).text
    assert "Not registered" in found
    assert "Min_class_recall is too low." in found
    assert f"Lowest recall of a class {text}" in found


def test_a_later_verdict_takes_the_place_of_an_earlier_one(plain):
    refused = {"registered": False, "reason": "not registered: a probability differs", "checks": []}
    assert with_gate(with_gate(plain, refused), PASSED) == with_gate(plain, PASSED)
    assert "A probability differs." in Page(with_gate(plain, refused)).text


def test_the_rest_of_the_page_stays_as_it_is(plain):
    start, end = plain.index("<!-- gate -->"), plain.index("<!-- end of gate -->")
    assert with_gate(plain, PASSED).startswith(plain[:start])
    assert with_gate(plain, PASSED).endswith(plain[end:])


def test_another_page_is_refused():
    with pytest.raises(PipelineError, match="no place for the gate's verdict"):
        with_gate("<html></html>", PASSED)
