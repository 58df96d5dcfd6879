import math

import pytest

from pipeline.config.schema.pipeline_schema import GateConfig
from pipeline.registry.gate import GoldenCheck, check_floors, decision_text

METRICS = {"accuracy": 0.9, "top_k_accuracy": 0.99, "macro_f1": 0.85, "min_class_recall": 0.5, "images": 7, "loss": 1.0}


def gate(**floors):
    nothing = dict.fromkeys(("accuracy", "top_k_accuracy", "macro_f1", "min_class_recall"))
    return GateConfig(name="test", **{**nothing, **floors})


def test_only_floors_that_are_set_are_checked_in_the_schemas_order():
    made = check_floors(gate(min_class_recall=0.2, accuracy=0.5), METRICS)
    assert [(check.metric, check.floor, check.value) for check in made] == [
        ("accuracy", 0.5, 0.9),
        ("min_class_recall", 0.2, 0.5),
    ]


@pytest.mark.parametrize(
    ("value", "passed"), [(0.9, True), (0.9000001, True), (0.8999999, False), (0.0, False), (math.nan, False)]
)
def test_a_floor_is_reached_at_its_very_value(value, passed):
    (check,) = check_floors(gate(accuracy=0.9), {"accuracy": value})
    assert check.passed is passed


def test_a_floor_of_zero_is_a_floor():
    assert [check.passed for check in check_floors(gate(macro_f1=0.0), {"macro_f1": 0.0})] == [True]


def test_the_verdict_names_what_was_reached():
    made = check_floors(gate(accuracy=0.9, macro_f1=0.8), METRICS)
    assert decision_text(made) == "registered: accuracy 0.9000 ≥ 0.9, macro_f1 0.8500 ≥ 0.8"


def test_the_verdict_names_every_floor_that_was_missed_and_no_other():
    made = check_floors(gate(accuracy=0.95, top_k_accuracy=0.9, min_class_recall=0.6), METRICS)
    assert decision_text(made) == (
        "not registered: accuracy 0.9000 is below its floor 0.95, min_class_recall 0.5000 is below its floor 0.6"
    )


def test_a_near_miss_does_not_read_as_reached():
    expected = decision_text(check_floors(gate(accuracy=0.9), {"accuracy": 0.89997}))
    assert "accuracy 0.9000 is below its floor 0.9" not in expected
    assert expected.startswith("not registered: accuracy")


def test_a_floor_under_an_undefined_figure_is_missed_and_named():
    (check,) = check_floors(gate(min_class_recall=0.7), {"min_class_recall": None})
    assert not check.passed
    assert decision_text([check]) == (
        "not registered: min_class_recall is undefined on these test images, so it does not reach its floor 0.7"
    )


def test_no_floor_registers_everything():
    assert decision_text(check_floors(gate(), METRICS)) == "registered: the gate sets no floor"


def test_the_default_gate_asks_for_something(config):
    assert check_floors(config.gate, METRICS)


@pytest.mark.parametrize(("difference", "failed"), [(0.0, []), (0.001, []), (0.0011, ["http"]), (math.nan, ["http"])])
def test_other_answers_for_the_golden_batch_keep_a_model_out(difference, failed):
    golden = GoldenCheck({"keras_file": 0.0, "http": difference}, {"keras_file": 0.001, "http": 0.001})
    assert golden.failed == failed
    text = decision_text(check_floors(gate(), METRICS), golden)
    if failed:
        assert text.startswith("not registered: a probability of the golden batch differs by ")
        assert text.endswith("through http, more than 0.001")
    else:
        assert text == "registered: the gate sets no floor"
