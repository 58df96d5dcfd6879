"""The split into train, validation and test, decided by the images' contents."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from pipeline.config.schema.data_schema import SplitConfig
from pipeline.data.record import Split


def assign_splits(
    digests: Sequence[str], labels: Sequence[str], given: Sequence[Split | None], config: SplitConfig
) -> list[Split]:
    """Return the split of each image.

    Splits that the source gives stay. The rest follow from content and seed alone: file names and order play no part,
    and equal digests share a split. `stratified` sorts each class by its images' random numbers and cuts it at the
    exact fractions; `hash` compares each image's own random number with the fractions, so that other images play no
    part either. A split that the source gives gets no further images.

    Args:
        digests: content digests, one per image.
        labels: class names, one per image.
        given: splits the source decides, or None.
        config: method, fractions, seed.
    """
    fixed = set(given)
    test = 0.0 if "test" in fixed else config.test
    validation = 0.0 if "validation" in fixed else config.validation
    classes: dict[str, dict[str, None]] = defaultdict(dict)
    first: dict[str, str] = {}
    for digest, label, split in sorted(zip(digests, labels, given, strict=True), key=lambda one: one[:2]):
        if split is None:
            classes[first.setdefault(digest, label)][digest] = None
    assigned: dict[str, Split] = {}
    for members in classes.values():
        assign = _by_quota if config.method == "stratified" else _by_threshold
        assigned |= assign({digest: split_draw(digest, config.seed) for digest in members}, test, validation)
    return [split or assigned[digest] for digest, split in zip(digests, given, strict=True)]


def split_draw(digest: str, seed: int) -> float:
    """Return the random number in [0, 1) of the image with this digest, drawn from `seed`."""
    hashed = hashlib.blake2b(digest.encode(), key=seed.to_bytes(8, "big"), digest_size=8).digest()
    return int.from_bytes(hashed, "big") / 2**64


def _by_quota(draws: dict[str, float], test: float, validation: float) -> dict[str, Split]:
    order = sorted(draws, key=lambda digest: (draws[digest], digest))
    to_test = _quota(len(order), test)
    to_validation = _quota(len(order), validation)
    return {
        digest: "test" if rank < to_test else "validation" if rank < to_test + to_validation else "train"
        for rank, digest in enumerate(order)
    }


def _quota(count: int, fraction: float) -> int:
    """Return the number of images for a fraction, rounded; at least one of three or more, unless the fraction is 0."""
    exact = round(count * Fraction(str(fraction)))
    return max(exact, 1) if fraction and count >= 3 else exact


def _by_threshold(draws: dict[str, float], test: float, validation: float) -> dict[str, Split]:
    return {
        digest: "test" if value < test else "validation" if value < test + validation else "train"
        for digest, value in draws.items()
    }
