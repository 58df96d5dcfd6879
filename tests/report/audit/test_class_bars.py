"""The table of an audit's classes."""

import pandas as pd
import pytest

COLUMNS = ["train", "validation", "test", "dropped"]


def test_numbers_and_bars_of_each_class(page_of):
    counts = pd.DataFrame([[70, 10, 20, 0], [7, 0, 2, 1]], index=["cat", "dog"], columns=COLUMNS)
    page = page_of(counts=counts)
    assert "Class train validation test dropped cat 70 10 20 0 dog 7 0 2 1 all classes 77 10 22 1" in page.words
    assert "2 classes with 109 images. Smallest: dog (9); largest: cat (100)." in page.words
    bars = [(one["class"], one["x"], one["width"]) for one in page.all("rect")]
    assert bars == [
        ("train", "0.00", "70.00"),
        ("validation", "70.00", "10.00"),
        ("test", "80.00", "20.00"),
        ("train", "0.00", "7.00"),
        ("test", "7.00", "2.00"),
        ("dropped", "9.00", "1.00"),
    ]


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ([1], "1 class with 1 image."),
        ([0], "1 class with 0 images."),
        ([1200], "1 class with 1,200 images."),
        ([6000] * 10, "10 classes with 6,000 images each."),
    ],
)
def test_equal_classes_are_said_in_a_sentence(page_of, numbers, sentence):
    index = [f"class {number}" for number in range(len(numbers))]
    assert sentence in page_of(counts=pd.DataFrame({"images": numbers, "dropped": 0}, index=index)).words


@pytest.mark.parametrize("classes", [24, 25, 1000])
def test_a_long_table_scrolls_and_can_be_reached_by_keyboard(page_of, classes):
    counts = pd.DataFrame({"images": range(classes), "dropped": 1}, index=map(str, range(classes)))
    page = page_of(counts=counts)
    assert len(page.all("tr")) == classes + 2
    assert [one.get("tabindex") for one in page.all("div", "long")] == ["0"] * (classes > 24)


def test_of_very_many_classes_the_smallest_are_shown_and_the_rest_is_summed(page_of):
    numbers = list(range(1, 1501))[::-1]
    index = [f"class {number}" for number in numbers]
    page = page_of(counts=pd.DataFrame({"images": numbers, "dropped": 2}, index=index))
    assert len(page.all("tr")) == 1 + 1000 + 2
    assert "Class images dropped class 1 1 2 class 2 2 2 " in page.words
    assert f"class 1000 1,000 2 500 larger classes {sum(range(1001, 1501)):,} 1,000 all classes" in page.words
    assert f"all classes {sum(numbers):,} 3,000" in page.words
