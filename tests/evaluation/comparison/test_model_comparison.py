"""What a comparison of two models finds."""

import pytest

from benchmarks.evaluation.comparison_errors import measure
from pipeline.evaluation.comparison.comparison_sentences import loss_sentence, verdict_sentence
from pipeline.evaluation.comparison.model_comparison import compare_models
from pipeline.evaluation.comparison.paired_images import pair_images
from tests.evaluated_tables import NAMES, evaluated_table, random_pair


def compared(a, b):
    return compare_models(pair_images(a, b, NAMES, NAMES), NAMES)


def test_a_large_difference_is_shown():
    comparison = compared(*random_pair(400, 0.7, 0.95))
    assert comparison.better == "B"
    sentence = verdict_sentence(comparison)
    assert sentence.startswith("B is better: its accuracy on 400 test images is ")
    assert "exact McNemar p < 0.0001" in sentence
    assert compared(*reversed(random_pair(400, 0.7, 0.95))).better == "A"
    assert loss_sentence(comparison).startswith("The mean loss of B is lower by ")


def test_a_small_difference_is_not_shown_and_the_sentence_says_what_would_be():
    comparison = compared(*random_pair(100, 0.9, 0.9, seed=3))
    assert comparison.better == ""
    sentence = verdict_sentence(comparison)
    assert sentence.startswith("No difference in accuracy is shown: ")
    assert f"about {100 * comparison.detectable:.1f} points would be shown in 4 of 5 cases" in sentence


def test_a_model_compared_with_itself():
    a, _ = random_pair(100, 0.9, 0.9)
    comparison = compared(a, a)
    assert (comparison.only_a, comparison.only_b, comparison.p_value) == (0, 0, 1.0)
    assert "both are right on the same images" in verdict_sentence(comparison)
    assert loss_sentence(comparison) == ""


def test_the_images_that_each_gets_right_alone_come_with_both_answers():
    labels = ["cat", "cat", "dog", "dog"]
    a = evaluated_table(labels, ["cat", "dog", "dog", "cat"], confidence=[0.9, 0.9, 0.9, 0.9])
    b = evaluated_table(labels, ["dog", "cat", "cat", "cat"], confidence=[0.6, 0.9, 0.99, 0.9])
    comparison = compared(a, b)
    assert (comparison.both_right, comparison.only_a, comparison.only_b, comparison.both_wrong) == (0, 2, 1, 1)
    alone = comparison.alone_right("A")
    assert alone["path"].tolist() == ["dog/0002.png", "cat/0000.png"]  # B is most certain of the first
    assert alone["predicted_b"].tolist() == ["cat", "dog"]
    assert alone["confidence_a"].tolist() == [0.9, 0.9]
    assert comparison.alone_right("B")["path"].tolist() == ["cat/0001.png"]


def test_recalls_of_classes_differ_only_where_chance_does_not_explain_it():
    labels = ["cat"] * 40 + ["dog"] * 40
    a = evaluated_table(labels, ["cat"] * 40 + ["dog"] * 39 + ["cat"])
    b = evaluated_table(labels, ["dog"] * 10 + ["cat"] * 30 + ["dog"] * 40)
    first, second = compared(a, b).classes  # no image of the third class
    assert (first.name, first.images, first.a, first.b, first.only_a, first.only_b) == ("cat", 40, 1.0, 0.75, 10, 0)
    assert first.shown
    assert first.p_value == pytest.approx(2 * 2 * 0.5**10)
    assert (second.name, second.shown, second.p_value) == ("dog", False, 1.0)
    assert second.difference.low < 0 < second.difference.high


def test_equally_good_models_are_rarely_told_apart_and_better_ones_are():
    """A short run of the benchmark; seeded."""
    equal = measure((0.95, 0.95), 360, 15, seed=1)
    assert equal.a_better + equal.b_better <= 0.07
    assert min(equal.coverage.values()) > 0.8
    assert measure((0.90, 0.94), 1000, 5, seed=1).b_better >= 0.8
