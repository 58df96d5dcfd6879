"""Figures of two models and their differences."""

from math import isnan

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from pipeline.evaluation.comparison.figure_differences import figure_differences
from pipeline.evaluation.comparison.paired_images import pair_images
from pipeline.evaluation.comparison.weighted_figures import WeightedFigures
from tests.evaluated_tables import NAMES, evaluated_table, random_pair

CAT, DOG, OTHER = NAMES


def differences(a, b, classes=NAMES):
    return {one.name: one for one in figure_differences(pair_images(a, b, classes, classes), classes)}


def test_figures_are_those_of_scikit_learn():
    a, b = random_pair(200, 0.7, 0.9)
    found = differences(a, b)
    for table, side in ((a, "a"), (b, "b")):
        assert getattr(found["accuracy"], side) == pytest.approx(table["correct"].mean())
        assert getattr(found["loss"], side) == pytest.approx(table["loss"].mean())
        assert getattr(found["balanced_accuracy"], side) == pytest.approx(
            balanced_accuracy_score(table["label"], table["predicted"])
        )
        assert getattr(found["macro_f1"], side) == pytest.approx(
            f1_score(table["label"], table["predicted"], average="macro")
        )
    assert all(one.difference.low <= one.b - one.a <= one.difference.high for one in found.values())
    assert {one.better for one in found.values()} <= {"B", ""}
    assert found["accuracy"].better == found["macro_f1"].better == "B"


def test_the_calibration_error_is_the_gap_between_confidence_and_accuracy():
    table = evaluated_table(["cat"] * 10, ["cat"] * 6 + ["dog"] * 4, confidence=0.9)
    found = WeightedFigures(table, NAMES).figures(np.ones((1, 10)))
    assert found["expected_calibration_error"][0] == pytest.approx(0.3)


def test_a_class_without_images_and_predictions_is_left_out_of_means():
    table = evaluated_table(["cat"] * 4, ["cat"] * 4)
    found = WeightedFigures(table, NAMES).figures(np.ones((1, 4)))
    assert found["balanced_accuracy"][0] == found["macro_f1"][0] == 1.0


def test_the_order_of_images_changes_nothing_and_changing_places_changes_signs():
    a, b = random_pair(150, 0.8, 0.85)
    found = differences(a, b)
    assert differences(a.sample(frac=1, random_state=1), b.sample(frac=1, random_state=2)) == found
    for name, one in differences(b, a).items():
        assert -one.difference.value == pytest.approx(found[name].difference.value)
        assert -one.difference.high == pytest.approx(found[name].difference.low, abs=1e-9)
        assert (one.a, one.b) == (found[name].b, found[name].a)


def test_a_model_does_not_differ_from_itself():
    a, _ = random_pair(100, 0.8, 0.8)
    found = differences(a, a)
    assert all(one.difference.value == 0 and one.better == "" for one in found.values())
    assert found["accuracy"].difference.high > 0
    assert isnan(found["loss"].difference.low)


def rare_class_pair(of_rare):
    """Both models make the same 50 errors; B also misses the images of a rare class."""
    labels = [CAT] * 500 + [DOG] * 496 + [OTHER] * of_rare
    a = [DOG] * 50 + labels[50:]
    return evaluated_table(labels, a), evaluated_table(labels, a[:996] + [CAT] * of_rare)


def test_few_images_of_a_rare_class_make_no_model_better():
    found = differences(*rare_class_pair(4))  # exact McNemar p = 0.125
    assert {name: one.better for name, one in found.items()} == dict.fromkeys(found, "")
    assert all(one.difference.low <= 0 <= one.difference.high for one in found.values())
    found = differences(*rare_class_pair(40))
    assert found["accuracy"].better == found["balanced_accuracy"].better == found["macro_f1"].better == "A"
    assert found["loss"].better == "A"


def test_few_wrong_predictions_of_a_rare_class_make_no_model_better():
    labels = [CAT] * 500 + [DOG] * 496 + [OTHER] * 4
    found = differences(evaluated_table(labels, labels), evaluated_table(labels, [OTHER] * 4 + labels[4:]))
    assert {one.better for one in found.values()} == {""}


def test_few_images_decide_no_loss_even_if_all_others_differ_slightly():
    labels = [CAT] * 500 + [DOG] * 500
    a = evaluated_table(labels, labels, confidence=[0.99] * 4 + [0.9] * 996)
    b = evaluated_table(labels, [OTHER] * 4 + labels[4:], confidence=[0.99] * 4 + [0.901] * 996)
    assert {one.better for one in differences(a, b).values()} == {""}


def test_macro_f1_has_no_interval_where_one_model_alone_predicts_a_class_without_images():
    """This class counts in the mean of one model only, and a single image decides that."""
    labels = [CAT] * 50 + [DOG] * 50
    a, b = (evaluated_table(labels, [name] * 20 + labels[20:]) for name in (DOG, OTHER))
    assert isnan(differences(a, b)["macro_f1"].difference.low)
    assert differences(a, b)["macro_f1"].difference.value < 0
    assert differences(b, b)["macro_f1"].difference.low < 0


def test_softer_probabilities_can_be_better_without_another_prediction():
    random = np.random.default_rng(0)
    labels = random.choice([CAT, DOG], 500)
    predicted = np.where(random.random(500) < 0.7, labels, OTHER)
    found = differences(*(evaluated_table(labels, predicted, confidence=share) for share in (0.999, 0.7)))
    assert found["loss"].better == found["expected_calibration_error"].better == "B"
    assert found["accuracy"].better == found["balanced_accuracy"].better == ""


def test_the_interval_of_balanced_accuracy_is_that_of_accuracy_for_one_class():
    labels = [CAT] * 200
    a, b = (evaluated_table(labels, [DOG] * wrong + labels[wrong:]) for wrong in (30, 5))
    found = differences(a, b)
    assert found["balanced_accuracy"].difference.low == pytest.approx(found["accuracy"].difference.low)
    assert found["balanced_accuracy"].difference.high == pytest.approx(found["accuracy"].difference.high)
