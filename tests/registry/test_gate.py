import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.base.errors import PipelineError
from pipeline.config.schema.gate_schema import CeilingsConfig, ChampionConfig, FloorsConfig, GateConfig
from pipeline.registry.decimals import apart
from pipeline.registry.gate import Criterion, GoldenCheck, check_gate, decision_text

MEASURED = {
    "accuracy": 0.9,
    "top_k_accuracy": 0.99,
    "macro_f1": 0.85,
    "min_class_recall": 0.5,
    "images": 7,
    "loss": 1.0,
}
MEASURED |= {"latency_ms": 20.5, "parameters": 110_482, "class/cat/recall": 0.75, "class/7/f1": None}
CLASSES = ("cat", "7")


def gate(floors=None, ceilings=None):
    return GateConfig(
        name="test",
        floors=FloorsConfig(**{**dict.fromkeys(FloorsConfig.model_fields), **(floors or {})}),
        ceilings=CeilingsConfig(**{**dict.fromkeys(CeilingsConfig.model_fields), **(ceilings or {})}),
        champion=ChampionConfig(rule="better_by", metric="accuracy", margin=0.0),
    )


def check(floors=None, ceilings=None, measured=MEASURED):
    return check_gate(gate(floors, ceilings), measured, CLASSES)


def test_only_bounds_that_are_set_are_checked_in_the_schemas_order():
    made = check({"min_class_recall": 0.2, "accuracy": 0.5}, {"latency_ms": 30})
    assert [(one.metric, one.bound, one.limit, one.value) for one in made] == [
        ("accuracy", "at least", 0.5, 0.9),
        ("min_class_recall", "at least", 0.2, 0.5),
        ("latency_ms", "at most", 30.0, 20.5),
    ]


@pytest.mark.parametrize(
    ("value", "passed"), [(0.9, True), (0.9000001, True), (0.8999999, False), (0.0, False), (math.nan, False)]
)
def test_a_floor_is_kept_at_its_very_value(value, passed):
    (made,) = check({"accuracy": 0.9}, measured={"accuracy": value})
    assert made.passed is passed


@pytest.mark.parametrize(("value", "passed"), [(20.0, True), (19.99, True), (20.0001, False), (None, False)])
def test_a_ceiling_is_kept_at_its_very_value(value, passed):
    (made,) = check(None, {"latency_ms": 20}, {"latency_ms": value})
    assert made.passed is passed


def test_a_bound_of_zero_is_a_bound():
    assert [one.passed for one in check({"macro_f1": 0.0}, {"loss": 0.0}, {"macro_f1": 0.0, "loss": 0.1})] == [
        True,
        False,
    ]


def test_the_verdict_names_what_was_kept():
    made = check({"accuracy": 0.9, "macro_f1": 0.8}, {"latency_ms": 25, "parameters": 200_000})
    assert decision_text(made) == (
        "registered: accuracy 0.9000 ≥ 0.9, macro_f1 0.8500 ≥ 0.8, "
        "latency_ms 20.5000 ≤ 25, parameters 110,482 ≤ 200,000"
    )


def test_the_verdict_names_every_bound_that_was_missed_and_no_other():
    made = check({"accuracy": 0.95, "top_k_accuracy": 0.9}, {"latency_ms": 20, "parameters": 100_000})
    assert decision_text(made) == (
        "not registered: accuracy 0.9000 is below its floor 0.95, latency_ms 20.5000 is above its ceiling 20, "
        "parameters 110,482 is above its ceiling 100,000"
    )


def test_bounds_of_classes_are_about_their_figures():
    made = check({"class_recall": {"cat": 0.8}, "class_f1": {"7": 0.1}})
    assert decision_text(made) == (
        "not registered: class/cat/recall 0.7500 is below its floor 0.8, "
        "class/7/f1 is undefined on these test images, so it does not keep its floor 0.1"
    )


def test_a_bound_on_an_unknown_class_is_one_sentence():
    with pytest.raises(PipelineError) as caught:
        check({"class_recall": {"cta": 0.8}})
    assert str(caught.value) == (
        "gate.floors.class_recall: there is no class 'cta' (did you mean 'cat'?); the classes are cat, 7"
    )


def test_a_bound_on_an_undefined_figure_is_missed_and_named():
    (made,) = check({"min_class_recall": 0.7}, measured={"min_class_recall": None})
    assert decision_text([made]) == (
        "not registered: min_class_recall is undefined on these test images, so it does not keep its floor 0.7"
    )
    assert made.sentence == "undefined, at least 0.7: missed"


def test_the_tag_has_value_bound_and_verdict():
    assert Criterion("accuracy", "at least", 0.9, 0.96937).sentence == "0.9694, at least 0.9: passed"
    assert Criterion("latency_ms", "at most", 8.0, 8.00001).sentence == "8.00001, at most 8: missed"


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_two_numbers_as_texts_are_in_the_order_of_the_numbers(value, limit):
    first, second = (float(text.replace(",", "")) for text in apart(value, limit))
    assert second == limit
    assert (first > second, first < second) == (value > limit, value < limit)


@pytest.mark.parametrize(
    ("value", "limit", "texts"),
    [
        (12345.4, 12345.0, ("12,345.4", "12,345")),
        (-12345.4, -12345.0, ("-12,345.4", "-12,345")),
        (1234567.0, 1234567.25, ("1,234,567", "1,234,567.25")),
        (9999.99999, 10_000.0, ("9,999.99999", "10,000")),
        (8.00001, 8.0, ("8.00001", "8")),
        (0.89999, 0.9, ("0.89999", "0.9")),
    ],
)
def test_a_large_number_has_decimals_and_no_exponent(value, limit, texts):
    assert apart(value, limit) == texts


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["at least", "at most"]))
def test_a_verdict_never_contradicts_its_numbers(value, limit, bound):
    criterion = Criterion("accuracy", bound, limit, value)
    shown, rest = criterion.sentence.split(", ")
    text, verdict = rest.removeprefix(f"{bound} ").split(": ")
    kept = float(shown) >= float(text) if bound == "at least" else float(shown) <= float(text)
    assert kept == (verdict == "passed") == criterion.passed


def test_no_bound_registers_everything():
    assert decision_text(check()) == "registered: the gate sets no bound"


def test_the_default_gate_asks_for_something(config):
    assert check_gate(config.gate, MEASURED, CLASSES)


@pytest.mark.parametrize(("difference", "failed"), [(0.0, []), (0.001, []), (0.0011, ["http"]), (math.nan, ["http"])])
def test_other_answers_for_the_golden_batch_keep_a_model_out(difference, failed):
    golden = GoldenCheck({"keras_file": 0.0, "http": difference}, {"keras_file": 0.001, "http": 0.001})
    assert golden.failed == failed
    text = decision_text(check(), golden)
    if failed:
        assert text.startswith("not registered: a probability of the golden batch differs by ")
        assert text.endswith("through http, more than 0.001")
    else:
        assert text == "registered: the gate sets no bound"
