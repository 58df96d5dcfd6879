"""Which images two models are compared on."""

import pandas as pd
import pytest

from pipeline.base.errors import PipelineError
from pipeline.evaluation.comparison.comparison_sentences import image_notes
from pipeline.evaluation.comparison.paired_images import pair_images
from tests.evaluated_tables import NAMES, evaluated_table


def pair(a, b, **options):
    return pair_images(a, b, NAMES, NAMES, **options)


def test_images_are_paired_by_content_whatever_their_order_and_paths():
    a = evaluated_table(["cat", "dog", "cat"], ["cat", "cat", "cat"], digests=["1", "2", "3"])
    b = evaluated_table(["cat", "cat", "dog"], ["dog", "cat", "dog"], digests=["3", "1", "2"])
    images = pair(a, b)
    assert images.a["digest"].tolist() == images.b["digest"].tolist() == ["1", "2", "3"]
    assert images.a["correct"].tolist() == [True, False, True]
    assert images.b["correct"].tolist() == [True, True, False]
    assert image_notes(images) == ["Both were tested on the same 3 test images."]


def test_equal_files_are_paired_each_with_one():
    a = evaluated_table(["cat"] * 3, ["cat", "dog", "cat"], digests=["1", "1", "2"])
    b = evaluated_table(["cat"] * 3, ["cat", "cat", "cat"], digests=["1", "1", "1"])
    images = pair(a, b)
    assert images.a["digest"].tolist() == ["1", "1"]
    assert images.a["predicted"].tolist() == ["cat", "dog"]


def test_a_table_without_splits_has_test_images_only():
    a = evaluated_table(["cat", "dog"], ["cat", "dog"], split=None)
    b = evaluated_table(["cat", "dog"], ["cat", "dog"])
    assert len(pair(a, b)) == 2


def test_images_that_one_model_was_fitted_to_are_left_out_and_counted():
    a = evaluated_table(["cat"] * 4, ["cat"] * 4, digests=["1", "2", "3", "4"])
    b = pd.concat(
        [
            evaluated_table(["cat"] * 3, ["cat"] * 3, digests=["1", "2", "5"]),
            evaluated_table(["cat"], ["cat"], digests=["3"], split="train"),
            evaluated_table(["cat"], ["cat"], digests=["2"], split="validation"),
        ]
    )
    images = pair(a, b, fitted_a=["5"])
    assert images.a["digest"].tolist() == ["1"]
    assert images.trained_on == (1, 2)
    assert image_notes(images) == [
        "Compared on the 1 test image that is one of both; A has 4, B has 3.",
        "Left out: 1 test image of B on which A was trained or validated.",
        "Left out: 2 test images of A on which B was trained or validated.",
    ]


def test_an_image_with_another_label_is_left_out_and_counted():
    a = evaluated_table(["cat", "cat"], ["cat", "cat"])
    b = evaluated_table(["cat", "dog"], ["cat", "dog"])
    images = pair(a, b)
    assert (len(images), images.other_label) == (1, 1)
    assert "Left out: 1 test image with another label in the other's data." in image_notes(images)


def test_nothing_in_common_is_refused():
    a = evaluated_table(["cat"], ["cat"], digests=["1"])
    b = evaluated_table(["cat", "cat"], ["cat", "cat"], digests=["2", "3"])
    with pytest.raises(PipelineError, match=r"no image is a test image of both models \(1 of A, 2 of B\)"):
        pair(a, b)


def test_other_classes_are_refused_by_name():
    table = evaluated_table(["cat"], ["cat"])
    with pytest.raises(PipelineError) as error:
        pair_images(table, table, ["cat", "dog"], ["cat", "a\nb", "c", "d", "e"])
    assert str(error.value) == (
        "the models have different classes: only A has 'dog'; only B has 'a\\\\nb', 'c', 'd' and 1 more"
    )
    assert len(pair_images(table, table, ["cat", "dog"], ["dog", "cat"])) == 1
