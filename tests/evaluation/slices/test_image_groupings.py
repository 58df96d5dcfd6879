"""By which properties images are grouped, and what the groups are called."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.slices.grouping import number_groups
from pipeline.evaluation.slices.image_groupings import image_groupings
from tests.evaluation.slices.prediction_rows import prediction_rows


def groups(rows, counts=None):
    """Return the number of images of each group, by column and value."""
    return {
        grouping.column: {
            value: int((grouping.codes == code).sum()) for code, value in enumerate(grouping.values)
        }
        for grouping in image_groupings(rows, counts or {"cat": 100})
    }  # fmt: skip


def rows(**columns):
    return prediction_rows([True] * 100, **columns)


def test_measures_are_cut_into_quarters_that_say_where():
    found = groups(rows(brightness=np.arange(100.0), width=np.arange(100) * 10 + 10, height=500))
    assert found["brightness"] == {
        "darkest quarter, below 24.8": 25,
        "second darkest quarter, 24.8 to 49.5": 25,
        "second brightest quarter, 49.5 to 74.2": 25,
        "brightest quarter, 74.2 or more": 25,
    }
    assert list(found["size"]) == [
        "smallest quarter, below 129,000 pixels",
        "second smallest quarter, 129,000 to 252,000 pixels",
        "second largest quarter, 252,000 to 376,000 pixels",
        "largest quarter, 376,000 pixels or more",
    ]
    assert next(iter(found["width ÷ height"])).startswith("narrowest quarter, below ")


def test_images_without_a_measure_are_in_no_group():
    found = groups(rows(sharpness=[np.nan] * 60 + list(np.arange(40) / 40)))
    assert list(found["sharpness"].values()) == [10, 10, 10, 10]
    assert "sharpness" not in groups(rows(sharpness=np.nan))


def test_what_is_no_quarter_is_not_called_one():
    found = groups(rows(brightness=[0.0] * 60 + list(range(1, 41))))["brightness"]
    assert list(found) == ["below 15.2", "15.2 or more"]


def test_few_sizes_are_named_each():
    assert groups(rows(width=[28] * 50 + [32] * 50, height=[28] * 50 + [32] * 50)) == {
        "size": {"784 pixels": 50, "1024 pixels": 50}
    }


def test_a_column_of_the_table_is_grouped_by_its_values():
    found = groups(rows(**{"table.camera": ["a", None] * 50, "table.note": [str(one) for one in range(100)]}))
    assert found == {"camera": {"a": 50, "no value": 50}}


def test_a_column_of_numbers_is_cut_where_they_are_many():
    found = groups(rows(**{"table.year": [2001, 2002] * 50, "table.age": np.arange(100)}))
    assert found["year"] == {"2001": 50, "2002": 50}
    assert list(found["age"].values()) == [25, 25, 25, 25]


def test_a_column_of_lists_is_left_out():
    lists = pd.Series([np.array([one]) for one in range(100)], dtype=object)
    assert groups(rows(boxes=lists, more=[[1]] * 100, pairs=[{"a": 1}] * 100, camera=["a", "b"] * 50)) == {
        "camera": {"a": 50, "b": 50}
    }


def test_measures_that_are_text_are_no_numbers():
    assert groups(rows(brightness=["dark", "12"] * 50, width=["wide"] * 100, height=4)) == {}


def test_no_two_properties_have_one_name():
    table = rows(width=[28] * 50 + [32] * 50, height=[28] * 50 + [32] * 50, group=["p", "q"] * 50)
    names = ["table.size", "table.group", "table.table.size", "table.folder of the file", "table.label", "table.camera"]
    found = [one.column for one in image_groupings(table.assign(**dict.fromkeys(names, ["a", "b"] * 50)), {"cat": 9})]
    assert sorted(found) == sorted(["size", "group", *names[:-1], "camera"])


def test_more_than_fifty_texts_are_no_groups():
    assert groups(rows(name=[f"{one % 51}" for one in range(100)])) == {}
    assert len(groups(rows(name=[f"{one % 50}" for one in range(100)]))["name"]) == 50


def test_folders_are_named_without_the_class():
    paths = [f"{'in' if one % 2 else 'out'}/cat/{one}.png" for one in range(100)]
    assert groups(rows(path=paths)) == {"folder of the file": {"out": 50, "in": 50}}
    labels = ["cat", "dog"] * 50
    by_class = rows(path=[f"{label}/x.png" for label in labels], label=labels)
    assert groups(by_class, {"cat": 9, "dog": 9}) == {}


def test_files_beside_the_folders_have_a_name_too():
    paths = ["a.png"] * 50 + ["deep/a.png"] * 50
    assert groups(rows(path=paths)) == {"folder of the file": {"empty": 50, "deep": 50}}


def test_classes_are_cut_into_quarters_of_classes_not_of_images():
    labels = np.array([f"c{one}" for one in range(8)]).repeat([65, 5, 5, 5, 5, 5, 5, 5])
    found = groups(rows(label=labels), {f"c{one}": 10 * (one + 1) for one in range(8)})
    assert found["training images of the class"] == {
        "rarest quarter, below 27.5": 70,
        "second rarest quarter, 27.5 to 45": 10,
        "second most frequent quarter, 45 to 62.5": 10,
        "most frequent quarter, 62.5 or more": 10,
    }


def test_classes_of_about_the_same_size_are_no_groups():
    labels = ["cat", "dog"] * 50
    assert groups(rows(label=labels), {"cat": 100, "dog": 199}) == {}
    assert groups(rows(label=labels), {"cat": 100, "dog": 200}) == {
        "training images of the class": {"100": 50, "200": 50}
    }


@pytest.mark.parametrize(
    ("numbers", "limits"),
    [
        (20_240_101 + np.arange(31), "below 20,240,108.5 | 20,240,108.5 to 20,240,116"),
        (1_700_000_000 + np.arange(400) / 4, "below 1,700,000,025 | 1,700,000,025 to 1,700,000,050"),
        (np.linspace(47.30, 47.32, 101), "below 47.305 | 47.305 to 47.31 | 47.31 to 47.315 | 47.315 or more"),
        (np.arange(2015, 2026).repeat(9), "below 2017 | 2017 to 2020 | 2020 to 2023 | 2023 or more"),
        (np.linspace(0.001, 0.00101, 101), "below 0.0010025 | 0.0010025 to 0.001005"),
        (np.r_[np.full(60, 120.4), np.linspace(120.5, 120.9, 40)], "below 120.65 | 120.65 or more"),
    ],
)
def test_limits_are_as_exact_as_the_numbers_are_close(numbers, limits):
    grouping = number_groups("x", np.array(numbers, float))
    assert [value.rpartition("quarter, ")[2] for value in grouping.values][: limits.count("|") + 1] == limits.split(
        " | "
    )


@given(st.integers(-10, 10), st.floats(-1e9, 1e9), st.integers(0, 99))
def test_groups_do_not_depend_on_the_numbers_offset(power, offset, seed):
    numbers = np.random.default_rng(seed).permutation(200) * 2.0**power
    plain, moved = number_groups("x", numbers), number_groups("x", numbers + offset)
    for grouping in (plain, moved):
        assert np.bincount(grouping.codes) == pytest.approx([50] * 4, abs=8)
        assert len(set(grouping.values)) == 4


def test_few_numbers_that_differ_little_have_different_names():
    assert number_groups("x", np.array([0.1, 0.1 + 1e-9])).values == ["0.1", "0.100000001"]
    assert number_groups("x", np.array([0.1, 0.3], np.float32).astype(float)).values == ["0.1", "0.3"]


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), max_size=60))
def test_each_finite_number_is_in_exactly_one_group(numbers):
    values = np.array(numbers, float)
    grouping = number_groups("x", values)
    if grouping is None:
        return
    assert ((grouping.codes >= 0) == np.isfinite(values)).all()
    assert grouping.codes.max() < len(grouping.values)
    order = np.argsort(values[grouping.codes >= 0], kind="stable")
    assert (np.diff(grouping.codes[grouping.codes >= 0][order]) >= 0).all()


@pytest.mark.parametrize("values", [[], [1.0, 1.0], [np.nan, 2.0]])
def test_equal_numbers_are_no_groups(values):
    assert number_groups("x", np.array(values, float)) is None
