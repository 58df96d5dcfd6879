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
    units = digests if groups is None else [_unit(*pair) for pair in zip(digests, groups, strict=True)]
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


def _unit(digest: str, group: str | None) -> str:
    return digest if group is None else f"group {group}"


def split_draw(digest: str, seed: int) -> float:
    """Return the random number in [0, 1) of the image with this digest, drawn from `seed`."""
    hashed = hashlib.blake2b(digest.encode(), key=seed.to_bytes(8, "big"), digest_size=8).digest()
    return int.from_bytes(hashed, "big") / 2**64


def _by_quota(draws: dict[str, float], sizes: dict[str, int], test: float, validation: float) -> dict[str, Split]:
    """Fill test, then validation, then train with units in the order of their draws; a quota may end within a unit."""
    total = sum(sizes.values())
    to_test = _quota(total, test)
    to_validation = _quota(total, validation)
    assigned: dict[str, Split] = {}
    rank = 0
    for unit in sorted(draws, key=lambda unit: (draws[unit], unit)):
        assigned[unit] = "test" if rank < to_test else "validation" if rank < to_test + to_validation else "train"
        rank += sizes[unit]
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
