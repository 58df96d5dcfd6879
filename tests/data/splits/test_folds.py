"""Folds of a cross-validation."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config.schema.data_schema import SplitConfig
from pipeline.data.splits.assignment import Fold, assign_splits

METHODS = st.sampled_from(["stratified", "stable"])
SEEDS = st.integers(0, 2**32 - 1)
IMAGES = st.lists(
    st.tuples(
        st.integers(0, 10**6),
        st.sampled_from("aab"),
        st.sampled_from([None, None, None, "g", "h", "i"]),
        st.sampled_from([None, None, None, "train", "validation", "test"]),
    ),
    min_size=1,
    max_size=60,
)
quick = settings(max_examples=60, deadline=None)


def split_config(method, seed=0, validation=0.2):
    return SplitConfig(method=method, validation=validation, test=0.15, seed=seed)


@quick
@given(IMAGES, METHODS, SEEDS, st.integers(2, 7), st.data())
def test_each_unit_is_tested_in_exactly_one_fold_and_the_sources_test_images_in_none(images, method, seed, folds, data):
    digests, labels, groups, given_splits = ([*values] for values in zip(*images, strict=True))
    index = st.integers(0, len(images) - 1)
    pairs = data.draw(st.lists(st.tuples(index, index), max_size=5))
    tested = defaultdict(list)
    for number in range(1, folds + 1):
        splits = assign_splits(
            [f"{digest:08x}" for digest in digests],
            labels,
            given_splits,
            split_config(method, seed),
            groups,
            np.array(pairs, int).reshape(-1, 2),
            Fold(number, folds),
        )
        for place, split in enumerate(splits):
            assert (split is None) == (given_splits[place] == "test")
            if split == "test":
                tested[place].append(number)
        shared = defaultdict(set)
        for place, split in enumerate(splits):
            if split is not None:
                shared["group", groups[place]].add(split)
                shared["digest", digests[place]].add(split)
        shared.pop(("group", None), None)
        assert all(len(one) == 1 for one in shared.values())
        assert all(splits[a] == splits[b] for a, b in pairs if splits[a] and splits[b])
    free = [place for place, split in enumerate(given_splits) if split != "test"]
    assert {place: len(numbers) for place, numbers in tested.items()} == dict.fromkeys(free, 1)


@quick
@given(METHODS, SEEDS, st.integers(2, 8), st.integers(0, 60))
def test_no_fold_is_without_a_class_that_has_an_image_for_each(method, seed, folds, more):
    digests = [f"{number:04x}" for number in range(folds + more)]
    quota = len(digests) / folds
    for number in range(1, folds + 1):
        splits = assign_splits(digests, ["a"] * len(digests), [None] * len(digests), split_config(method, seed), None,
                               None, Fold(number, folds))  # fmt: skip
        count = Counter(splits)["test"]
        if method == "stratified":
            assert count in (int(quota), int(quota) + 1)
        else:
            assert max(1, quota / 2) <= count <= 2 * quota


@quick
@given(SEEDS, st.sets(st.integers(0, 10**6), min_size=30, max_size=80), st.sets(st.integers(0, 10**6), max_size=10))
def test_stable_folds_keep_their_old_images_where_none_comes_out_too_uneven(seed, old, new):
    def folds(numbers):
        digests = [f"{number:08x}" for number in sorted(numbers)]
        tested = {}
        for fold in (1, 2):
            splits = assign_splits(digests, ["a"] * len(digests), [None] * len(digests), split_config("stable", seed),
                                   None, None, Fold(fold, 2))  # fmt: skip
            tested |= {digest: fold for digest, split in zip(digests, splits, strict=True) if split == "test"}
        return tested

    before, after = folds(old), folds(old | new)
    counts = [Counter(one.values()) for one in (before, after)]
    if all(len(one) / 4 < count[1] < len(one) * 3 / 4 for one, count in zip((before, after), counts, strict=True)):
        assert all(after[digest] == fold for digest, fold in before.items())


@pytest.mark.parametrize("method", ["stratified", "stable"])
def test_classes_of_a_few_images_fill_all_folds_alike(method):
    digests, labels = [f"{number:04x}" for number in range(700)], [f"c{number // 7}" for number in range(700)]
    sizes = [
        Counter(assign_splits(digests, labels, [None] * 700, split_config(method), None, None, Fold(n, 5)))["test"]
        for n in range(1, 6)
    ]
    assert sum(sizes) == 700
    assert max(sizes) - min(sizes) <= (1 if method == "stratified" else 40)


@pytest.mark.parametrize("method", ["stratified", "stable"])
def test_validation_is_its_fraction_of_the_other_folds_and_another_one_for_each_fold(method):
    digests = [f"{number:05x}" for number in range(5000)]
    found = [
        assign_splits(digests, ["a"] * 5000, [None] * 5000, split_config(method), None, None, Fold(number, 5))
        for number in (1, 2)
    ]
    for splits in found:
        counts = Counter(splits)
        assert counts["validation"] == pytest.approx(0.2 * (counts["train"] + counts["validation"]), rel=0.15)
    one, other = ({place for place, split in enumerate(splits) if split == "validation"} for splits in found)
    assert len(one & other) < len(one) / 2


def test_groups_fill_the_folds_evenly():
    groups = [f"patient {number // 30}" for number in range(210)]
    sizes = [
        Counter(assign_splits([f"{n:04x}" for n in range(210)], ["a"] * 210, [None] * 210, split_config("stratified"),
                              groups, None, Fold(number, 5)))["test"]
        for number in range(1, 6)
    ]  # fmt: skip
    assert sorted(sizes) == [30, 30, 30, 60, 60]
