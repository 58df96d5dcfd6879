"""When a version takes the champion's place, and that the sentence says the same."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config.schema.gate_schema import ChampionConfig
from pipeline.evaluation.comparison.figure_differences import FigureDifference
from pipeline.evaluation.comparison.paired_images import pair_images
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.lifecycle.champion.champion_rule import MetricComparison, compare_metric, rule_verdict
from pipeline.lifecycle.champion.class_changes import class_changes
from tests.evaluation.drawn_table import drawn_table, table_of

CLASSES = ["a", "b"]


def rule(rule="better_by", metric="accuracy", margin=0.0):
    return ChampionConfig(rule=rule, metric=metric, margin=margin)


def judged(only_champion, only_new, both, settings):
    """Return the verdict on tables with given numbers of images that one model alone or both classify correctly."""
    right_a = [1] * only_champion + [0] * only_new + [1] * both
    right_b = [0] * only_champion + [1] * only_new + [1] * both
    tables = [table_of([0] * len(right), [[0.9, 0.1] if one else [0.1, 0.9] for one in right], CLASSES)
              for right in (right_a, right_b)]  # fmt: skip
    compared = compare_metric(pair_images(*tables, CLASSES, CLASSES), CLASSES, settings.metric)
    return rule_verdict(compared, settings)


@pytest.mark.parametrize(
    ("only_champion", "only_new", "settings", "promoted"),
    [
        (0, 30, rule(), True),
        (30, 0, rule(), False),
        (5, 6, rule(), False),
        (0, 0, rule(), False),
        (0, 30, rule(margin=0.3), False),
        (0, 30, rule("by_hand"), False),
        (5, 6, rule("not_worse_than", margin=0.1), True),
        (5, 6, rule("not_worse_than", margin=0.001), False),
        (30, 0, rule("not_worse_than", margin=0.1), False),
        (0, 0, rule("not_worse_than", margin=0.1), True),
        (0, 30, rule(metric="loss"), True),
        (30, 0, rule(metric="loss"), False),
        (0, 30, rule(metric="balanced_accuracy"), True),
    ],
)
def test_the_rule_decides_by_the_end_of_the_interval(only_champion, only_new, settings, promoted):
    found, reason = judged(only_champion, only_new, 100, settings)
    assert found is promoted
    kept = ("not shown to be ", "shown to be worse: ", "gate.champion.rule is by_hand")
    assert reason.startswith("shown to be " if promoted else kept)
    assert not (promoted and reason.startswith("shown to be worse: "))


def test_the_sentence_has_values_difference_interval_test_and_images():
    _, reason = judged(0, 30, 100, rule())
    assert re.fullmatch(
        r"shown to be better: accuracy 1\.0000 instead of the champion's 0\.7692 on the same 130 test images, "
        r"difference \+0\.2308 \(95% interval \+0\.1\d+ to \+0\.3\d+, exact McNemar p < 0\.0001\)",
        reason,
    )


@pytest.mark.parametrize(("name", "promoted"), [("not_worse_than", True), ("better_by", False)])
def test_identical_predictions_have_no_interval_of_the_loss_and_are_no_worse(name, promoted):
    found, reason = judged(0, 0, 50, rule(name, "loss", 0.0))
    assert found is promoted
    text = "loss 0.1054 instead of the champion's 0.1054 on the same 50 test images; no image tells the two apart"
    assert reason.endswith(f": {text}")


def figure(low, high, *, higher=True):
    return FigureDifference("accuracy" if higher else "loss", 0.5, 0.5 + low, Estimate(low, low, high), higher)


def test_where_interval_and_exact_test_disagree_nothing_is_promoted_and_both_are_named():
    promoted, reason = rule_verdict(MetricComparison(figure(0.00001, 0.1), 0.0501, 100), rule())
    assert not promoted
    assert reason.startswith("not shown to be better: ")
    assert reason.endswith("the interval alone would show it, but the exact test does not at 0.05")
    assert "exact McNemar p = 0.0501" in reason


@given(st.floats(-0.5, 0.5), st.floats(0, 0.5), st.floats(0, 0.4), st.booleans(),
       st.sampled_from(["better_by", "not_worse_than"]), st.floats(0, 1))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_the_numbers_in_the_sentence_never_contradict_the_verdict(low, width, margin, higher, name, p_value):
    compared = MetricComparison(figure(low, low + width, higher=higher), p_value if higher else None, 100)
    promoted, reason = rule_verdict(compared, rule(name, margin=margin))
    ends = re.search(r"95% interval (\S+) to ([^,)]+)", reason)
    low_end, high_end = (float(text.replace("−", "-")) for text in ends.groups())
    worst = low_end if higher else -high_end
    if name == "not_worse_than":
        assert promoted == (worst >= -margin)
        return
    shown_p = float(re.search(r"p [=<] (\S+)\)", reason)[1]) if higher else 0.0
    assert promoted == (worst > margin and shown_p < 0.05)


@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy", "macro_f1", "loss", "expected_calibration_error"])
def test_equal_models_are_promoted_in_few_draws(metric):
    """Of two models of the same quality the new one takes the place in 2.5% of the draws, by either rule's error."""
    promoted = 0
    for seed in range(40):
        names, champion = drawn_table(seed, 100, 3)
        _, other = drawn_table(seed + 1000, 100, 3)
        rows = table_of([names.index(label) for label in champion["label"]], other.filter(like="p_").to_numpy(), names)
        images = pair_images(champion, rows, names, names)
        promoted += rule_verdict(compare_metric(images, names, metric), rule(metric=metric))[0]
    assert promoted <= 5


def test_a_rule_looks_in_the_good_direction():
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 400)
    noise = random.uniform(-0.02, 0.02, 400)
    sure, unsure = (
        [[p + n, 1 - p - n] if t == 0 else [1 - p - n, p + n] for t, n in zip(truth, noise, strict=True)]
        for p in (0.95, 0.7)
    )
    tables = [table_of(truth, one, CLASSES) for one in (unsure, sure)]
    for pair, expected in ((tables, True), (tables[::-1], False)):
        compared = compare_metric(pair_images(*pair, CLASSES, CLASSES), CLASSES, "expected_calibration_error")
        assert compared.better_by(0.0) is expected


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (["a", "b"], ["a", "b"], ""),
        (["a", "b"], ["a", "b", "tea"], "classes differ: 2 → 3, new 'tea'"),
        (["a", "cup"], ["a", "tea"], "classes differ: 2 → 2, new 'tea', gone 'cup'"),
        (["a", "b"], ["b", "a"], "classes are in another order: 'a', 'b' → 'b', 'a'"),
        (["a"], ["a", *"bcdef"], "classes differ: 1 → 6, new 'b', 'c', 'd' and 2 more"),
    ],
)
def test_a_change_of_classes_is_said(old, new, text):
    assert class_changes(old, new) == text
