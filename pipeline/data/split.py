"""The split into train, validation and test, decided by the images' contents."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from pipeline.config.schema.data_schema import SplitConfig
from pipeline.data.record import Split


def assign_splits(
    digests: Sequence[str],
    labels: Sequence[str],
    given: Sequence[Split | None],
    config: SplitConfig,
    groups: Sequence[str | None] | None = None,
) -> list[Split]:
    """Return the split of each image.

    Splits that the source gives stay. The rest follow from content and seed alone: file names and order play no part,
    and equal digests share a split, as do the images of a group.
    `stratified` sorts each class by its images' random numbers and cuts it at the
    exact fractions; `hash` compares each image's own random number with the fractions, so that other images play no
    part either. A split that the source gives gets no further images.

    Args:
        digests: content digests, one per image.
        labels: class names, one per image.
        given: splits the source decides, or None.
        config: method, fractions, seed.
        groups: names of groups, one per image, None for an image without one; None: no groups.
    """
    units = digests if groups is None else linked_units(digests, groups)
    fixed = set(given)
    test = 0.0 if "test" in fixed else config.test
    validation = 0.0 if "validation" in fixed else config.validation
    classes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    first: dict[str, str] = {}
    for digest, unit, label, split in sorted(
        zip(digests, units, labels, given, strict=True), key=lambda one: (one[1], one[2])
    ):
        if split is None:
            classes[first.setdefault(unit, label)][unit].add(digest)
    assigned: dict[str, Split] = {}
    for members in classes.values():
        assign = _by_quota if config.method == "stratified" else _by_threshold
        draws = {unit: split_draw(unit, config.seed) for unit in members}
        assigned |= assign(draws, {unit: len(images) for unit, images in members.items()}, test, validation)
    return [split or assigned[unit] for unit, split in zip(units, given, strict=True)]


def linked_units(digests: Sequence[str], groups: Sequence[str | None]) -> list[str]:
    """Return the unit of each image: images with a common group or a common digest, directly or not, are in one.

    A unit is named for its smallest group, or for its digest where it has no group.

    Args:
        digests: content digests, one per image.
        groups: names of groups, one per image; None for an image without one.
    """
    parents: dict[tuple[str, str], tuple[str, str]] = {}

    def root(node: tuple[str, str]) -> tuple[str, str]:
        parents.setdefault(node, node)
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    for digest, group in zip(digests, groups, strict=True):
        image = root(("image", digest))
        if group is not None:
            other = root(("group", group))
            parents[max(image, other)] = min(image, other)  # "group" is before "image"
    return [" ".join(found) if (found := root(("image", digest)))[0] == "group" else digest for digest in digests]


def split_draw(digest: str, seed: int) -> float:
    """Return the random number in [0, 1) of the image with this digest, drawn from `seed`."""
    hashed = hashlib.blake2b(digest.encode(), key=seed.to_bytes(8, "big"), digest_size=8).digest()
    return int.from_bytes(hashed, "big") / 2**64


def _by_quota(draws: dict[str, float], sizes: dict[str, int], test: float, validation: float) -> dict[str, Split]:
    """Fill test, then validation with units in the order of their draws; the rest is for training.

    A unit that exceeds what is missing in a split by more than that goes elsewhere. A split that so stays empty gets
    the smallest unit, if there are three or more.
    """
    total = sum(sizes.values())
    quotas: dict[Split, int] = {"test": _quota(total, test), "validation": _quota(total, validation)}
    missing, assigned = dict(quotas), dict[str, Split]()
    for unit in sorted(draws, key=lambda unit: (draws[unit], unit)):
        fitting = (split for split, count in missing.items() if count > 0 and sizes[unit] <= 2 * count)
        chosen: Split = next(fitting, "train")
        assigned[unit] = chosen
        if chosen != "train":
            missing[chosen] -= sizes[unit]
    for split, quota in quotas.items():
        spare = sorted((sizes[unit], draws[unit], unit) for unit, place in assigned.items() if place == "train")
        if quota and missing[split] == quota and len(draws) >= 3 and len(spare) > 1:
            assigned[spare[0][2]] = split
    return assigned


def _quota(count: int, fraction: float) -> int:
    """Return the number of images for a fraction, rounded; at least one of three or more, unless the fraction is 0."""
    exact = round(count * Fraction(str(fraction)))
    return max(exact, 1) if fraction and count >= 3 else exact


def _by_threshold(draws: dict[str, float], _: dict[str, int], test: float, validation: float) -> dict[str, Split]:
    return {
        unit: "test" if value < test else "validation" if value < test + validation else "train"
        for unit, value in draws.items()
    }
