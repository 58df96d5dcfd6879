import pandas as pd

from pipeline.data.splits.moved_images import moved_images


def images(**splits):
    return pd.DataFrame({"digest": list(splits), "split": list(splits.values())})


def test_moved_images_are_counted_by_their_splits_before_and_after():
    before = images(a="train", b="train", c="test", d="validation", e="train", gone="test")
    after = images(new="test", e="train", d="test", c="test", b="validation", a="validation")
    found = moved_images(before, after)
    assert (found.old, found.moved) == (5, 3)
    assert found.moves == {("train", "validation"): 2, ("validation", "test"): 1}


def test_what_is_not_used_is_neither_old_nor_moved():
    found = moved_images(images(a=None, b="test"), images(a="train", b=None))
    assert (found.old, found.moved, found.moves) == (0, 0, {})


def test_nothing_in_common_is_no_error():
    assert moved_images(images(), images(a="train")).old == 0


def test_copies_count_once_also_where_the_source_gives_them_two_splits():
    twice = pd.DataFrame({"digest": ["a", "a", "b"], "split": ["test", "train", "train"]})
    assert moved_images(twice, twice[::-1]).moves == {}
    assert moved_images(twice, twice).old == 2
