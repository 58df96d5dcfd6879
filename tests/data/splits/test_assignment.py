from collections import Counter, defaultdict
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config.schema.data_schema import SplitConfig
from pipeline.data.splits.assignment import assign_splits

NAMES = st.text("0123456789abcdef", min_size=4, max_size=8)
DIGESTS = st.lists(NAMES, min_size=1, max_size=60, unique=True)
SEEDS = st.integers(0, 2**32 - 1)
METHODS = st.sampled_from(["stratified", "stable"])
FRACTIONS = st.sampled_from([0.05, 0.1, 0.15, 0.2, 0.25, 0.3])
quick = settings(max_examples=60, deadline=None)


def split_config(method="stratified", validation=0.1, test=0.2, seed=0):
    return SplitConfig(method=method, validation=validation, test=test, seed=seed)


def label_of(digest):
    return "abc"[ord(digest[0]) % 3]


def dealt(digests, config, given_splits=None):
    labels = [label_of(digest) for digest in digests]
    return assign_splits(digests, labels, given_splits or [None] * len(digests), config)


@quick
@given(DIGESTS, METHODS, SEEDS, st.randoms(use_true_random=False))
def test_file_order_plays_no_part(digests, method, seed, random):
    config = split_config(method, seed=seed)
    shuffled = random.sample(digests, len(digests))
    assert dict(zip(digests, dealt(digests, config), strict=True)) == dict(
        zip(shuffled, dealt(shuffled, config), strict=True)
    )


@quick
@given(DIGESTS, METHODS, SEEDS, st.data())
def test_equal_digests_share_a_split_and_copies_move_nobody(digests, method, seed, data):
    config = split_config(method, seed=seed)
    copies = data.draw(st.lists(st.sampled_from(digests), max_size=20))
    alone = dict(zip(digests, dealt(digests, config), strict=True))
    both = digests + copies
    assert [alone[digest] for digest in both] == dealt(both, config)


@pytest.mark.parametrize("method", ["stratified", "stable"])
def test_order_plays_no_part_where_one_image_is_in_two_classes(method):
    digests = [f"{number:04x}" for number in range(40)]
    pairs = [(digest, "b") for digest in digests] + [(digest, "a") for digest in digests[:20]]
    for seed in range(4):
        config = split_config(method, seed=seed)
        found = []
        for order in (pairs, pairs[::-1]):
            splits = assign_splits(
                [pair[0] for pair in order], [pair[1] for pair in order], [None] * len(order), config
            )
            found.append(dict(zip(order, splits, strict=True)))
        assert found[0] == found[1]


@quick
@given(DIGESTS, METHODS, SEEDS, st.data())
def test_given_splits_stay_and_their_split_gets_no_more(digests, method, seed, data):
    splits = st.sampled_from(["train", "validation", "test", None])
    given_splits = data.draw(st.lists(splits, min_size=len(digests), max_size=len(digests)))
    for one, split in zip(dealt(digests, split_config(method, seed=seed), given_splits), given_splits, strict=True):
        if split:
            assert one == split
        elif {"validation", "test"} & set(given_splits):
            assert one == "train" or one not in given_splits


@quick
@given(DIGESTS, SEEDS, FRACTIONS, FRACTIONS)
def test_stratified_counts_are_the_rounded_fractions(digests, seed, validation, test):
    counts = defaultdict(Counter)
    for digest, split in zip(digests, dealt(digests, split_config("stratified", validation, test, seed)), strict=True):
        counts[label_of(digest)][split] += 1
    for count in counts.values():
        for split, fraction in (("test", test), ("validation", validation)):
            exact = round(count.total() * Fraction(str(fraction)))
            assert count[split] == (max(exact, 1) if count.total() >= 3 else exact)


def test_stratified_gives_a_class_of_three_one_image_for_each_split():
    assert Counter(assign_splits(["1", "2", "3"], ["a"] * 3, [None] * 3, split_config())) == Counter(
        ["train", "validation", "test"]
    )


def test_another_seed_deals_otherwise():
    digests = [f"{number:04x}" for number in range(50)]
    for method in ("stratified", "stable"):
        assert dealt(digests, split_config(method, seed=0)) != dealt(digests, split_config(method, seed=1))


def test_a_given_test_split_leaves_only_validation_to_be_cut():
    digests = [f"{number:04x}" for number in range(40)]
    splits = assign_splits(digests, ["a"] * 40, ["test"] * 10 + [None] * 30, split_config())
    assert Counter(splits) == {"test": 10, "validation": 3, "train": 27}


GROUPS = st.lists(st.tuples(st.integers(0, 12), NAMES), min_size=1,
                  max_size=60, unique_by=lambda one: one[1])  # fmt: skip


@quick
@given(GROUPS, METHODS, SEEDS)
def test_images_of_a_group_share_a_split(members, method, seed):
    groups = [f"g{number}" if number else None for number, _ in members]
    digests, config = [digest for _, digest in members], split_config(method, seed=seed)
    splits = assign_splits(digests, ["a"] * len(digests), [None] * len(digests), config, groups)
    found = defaultdict(set)
    for group, split in zip(groups, splits, strict=True):
        found[group].add(split)
    found.pop(None, None)
    assert all(len(one) == 1 for one in found.values())


@quick
@given(GROUPS, METHODS, SEEDS)
def test_equal_images_in_two_groups_share_a_split_and_so_do_their_groups(members, method, seed):
    digests = [f"d{number}" for number, _ in members]  # few digests, each in several groups
    groups = [digest[:1] for _, digest in members]
    splits = assign_splits(
        digests, ["a"] * len(digests), [None] * len(digests), split_config(method, seed=seed), groups
    )
    for names in (digests, groups):
        found = defaultdict(set)
        for name, split in zip(names, splits, strict=True):
            found[name].add(split)
        assert all(len(one) == 1 for one in found.values())


@pytest.mark.parametrize("seed", range(20))
def test_few_large_groups_leave_no_split_empty(seed):
    digests = [f"{number:04x}" for number in range(90)]
    groups = [f"patient {number // 30}" for number in range(90)]
    splits = assign_splits(digests, ["a"] * 90, [None] * 90, split_config(seed=seed), groups)
    assert Counter(splits) == {"train": 30, "validation": 30, "test": 30}


def test_a_group_with_most_images_is_trained_on():
    digests = [f"{number:04x}" for number in range(1000)]
    groups = ["large" if number < 700 else f"{number}" for number in range(1000)]
    for seed in range(20):
        splits = assign_splits(digests, ["a"] * 1000, [None] * 1000, split_config(seed=seed), groups)
        assert splits[0] == "train"
        assert Counter(splits)["test"] == 200


def test_groups_of_one_image_fill_the_quotas_exactly():
    digests = [f"{number:04x}" for number in range(200)]
    alone = assign_splits(digests, ["a"] * 200, [None] * 200, split_config(), [f"patient {d}" for d in digests])
    assert Counter(alone) == {"train": 140, "validation": 20, "test": 40}


def test_large_groups_come_near_the_quotas():
    digests = [f"{number:04x}" for number in range(1000)]
    groups = [f"patient {number // 10}" for number in range(1000)]
    counts = Counter(assign_splits(digests, ["a"] * 1000, [None] * 1000, split_config(), groups))
    assert abs(counts["test"] - 200) < 10
    assert abs(counts["validation"] - 100) < 20


@quick
@given(GROUPS, METHODS, SEEDS, st.data())
def test_images_of_a_pair_share_a_split(members, method, seed, data):
    digests, config = [digest for _, digest in members], split_config(method, seed=seed)
    index = st.integers(0, len(digests) - 1)
    pairs = data.draw(st.lists(st.tuples(index, index), max_size=20))
    labels = [label_of(digest) for digest in digests]
    splits = assign_splits(digests, labels, [None] * len(digests), config, None, np.array(pairs, int).reshape(-1, 2))
    assert all(splits[one] == splits[other] for one, other in pairs)


@pytest.mark.parametrize("method", ["stratified", "stable"])
def test_a_group_of_two_classes_counts_for_the_rarer_one_which_so_is_in_every_split(method):
    """Six patients have the rare class, and the common one too, which many others have."""
    groups = [f"patient {number // 4}" for number in range(400)]
    labels = ["rare" if number < 24 and number % 4 == 0 else "common" for number in range(400)]
    digests = [f"{number:04x}" for number in range(400)]
    for seed in range(30):
        splits = assign_splits(digests, labels, [None] * 400, split_config(method, 0.15, 0.15, seed), groups)
        rare = {split for split, label in zip(splits, labels, strict=True) if label == "rare"}
        assert rare == {"train", "validation", "test"}
