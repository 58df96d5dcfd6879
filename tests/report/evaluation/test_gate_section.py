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
    "criteria": [{"metric": "accuracy", "bound": "at least", "value": 0.9722, "limit": 0.95, "passed": True}],
    "name": "dig<its",
    "aliases": ["candidate", "champion"],
    "champion": {
        "promoted": True, "reason": "shown to be better: <accuracy> 0.9722", "metric": "accuracy", "images": 359,
        "left_out": 0, "champion_value": 0.95, "value": 0.9722, "difference": 0.0222, "low": 0.001, "high": 0.04,
        "p_value": 0.02, "rule": "better_by", "margin": 0.01,
    },
}  # fmt: skip


@pytest.fixture
def plain(content, population):
    return evaluation_page(content(population()))


def test_before_the_gate_the_page_says_what_decides(plain):
    text = Page(plain).text
    assert "the next stage of dvc repro , register ," in text
    assert "Registered as" not in text


def test_a_registered_model_has_its_aliases_bounds_and_comparison(plain):
    text = Page(with_gate(plain, PASSED)).text
    assert "Registered as dig<its , candidate and champion" in text
    assert "Accuracy 97.2% at least 95% passed" in text
    assert "Becomes the champion Shown to be better: <accuracy> 0.9722." in text
    assert "a model must be shown to be better by more than 0.01 (accuracy)." in text
    assert "0.95 0.9722 +0.0222 +0.001 to +0.04 0.02 359 0" in text
    assert "--model 'models:/dig<its@champion'" in text
    assert "the next stage" not in text


def test_a_version_that_stays_candidate_says_why_without_figures_where_nothing_was_compared(plain):
    verdict = {**PASSED["champion"], "promoted": False, "reason": "not compared: classes differ", "images": None}
    text = Page(with_gate(plain, {**PASSED, "aliases": ["candidate"], "champion": verdict})).text
    assert "Stays candidate Not compared: classes differ." in text
    assert "exact McNemar p" not in text


@pytest.mark.parametrize(
    ("metric", "bound", "limit", "value", "text"),
    [
        ("latency_ms", "at most", 20.0, 20.00001, "Milliseconds for one image 20.00001 at most 20 missed"),
        ("loss", "at most", 0.5, 0.25, "Loss 0.25 at most 0.5 passed"),
        ("parameters", "at most", 1e6, 110_482, "Parameters 110,482 at most 1,000,000 passed"),
        ("class/ü <b>/recall", "at least", 0.9, 0.9, "Recall of ü <b> 90.0% at least 90% passed"),
        ("accuracy", "at least", 0.9, 0.99999, "Accuracy >99.9% at least 90% passed"),
    ],
)
def test_bounds_are_in_units_that_people_read(plain, metric, bound, limit, value, text):
    passed = value >= limit if bound == "at least" else value <= limit
    criterion = {"metric": metric, "bound": bound, "limit": limit, "value": value, "passed": passed}
    assert text in Page(with_gate(plain, {**PASSED, "criteria": [criterion]})).text


@pytest.mark.parametrize(("value", "text"), [(0.9499999, "94.99999% at least 95% missed"),
                                             (None, "– at least 95% missed"),
                                             (math.nan, "– at least 95% missed")])  # fmt: skip
def test_a_missed_floor_never_reads_as_reached(plain, value, text):
    criteria = [{"metric": "min_class_recall", "bound": "at least", "value": value, "limit": 0.95, "passed": False}]
    decision = {"registered": False, "reason": "not registered: min_class_recall is too low", "criteria": criteria}
    found = Page(with_gate(plain, decision)).text
    assert "Not registered" in found
    assert "Min_class_recall is too low." in found
    assert f"Lowest recall of a class {text}" in found


def test_a_later_verdict_takes_the_place_of_an_earlier_one(plain):
    refused = {"registered": False, "reason": "not registered: a probability differs", "criteria": []}
    assert with_gate(with_gate(plain, refused), PASSED) == with_gate(plain, PASSED)
    assert "A probability differs." in Page(with_gate(plain, refused)).text


def test_the_rest_of_the_page_stays_as_it_is(plain):
    start, end = plain.index("<!-- gate -->"), plain.index("<!-- end of gate -->")
    assert with_gate(plain, PASSED).startswith(plain[:start])
    assert with_gate(plain, PASSED).endswith(plain[end:])


def test_another_page_is_refused():
    with pytest.raises(PipelineError, match="no place for the gate's verdict"):
        with_gate("<html></html>", PASSED)
