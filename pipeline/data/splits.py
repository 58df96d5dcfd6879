"""Which images train, which validate, which test: decided by their bytes."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from pipeline.config.schema import SplitConfig
from pipeline.data.record import Split


def assign(
    digests: Sequence[str], labels: Sequence[str], given: Sequence[Split | None], config: SplitConfig
) -> list[Split]:
    """Return the split of each image.

    What `given` fixes stays. The rest is dealt by `config.method`, by content and seed alone, so file names
    and order play no part and equal digests share a split:
    `stratified` cuts each class, in the order of its images' draws, at the exact fractions;
    `hash` compares each image's own draw with the fractions, so other images play no part either.
    A split that `given` already has gets no more images.

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
    dealt: dict[str, Split] = {}
    for members in classes.values():
        deal = _by_quota if config.method == "stratified" else _by_threshold
        dealt |= deal({digest: draw(digest, config.seed) for digest in members}, test, validation)
    return [split or dealt[digest] for digest, split in zip(digests, given, strict=True)]


def draw(digest: str, seed: int) -> float:
    """Return the number in [0, 1) that `seed` draws for the image with this digest."""
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
    """Round to the nearest whole number; at least one image of three or more, where anything is asked."""
    exact = round(count * Fraction(str(fraction)))
    return max(exact, 1) if fraction and count >= 3 else exact


def _by_threshold(draws: dict[str, float], test: float, validation: float) -> dict[str, Split]:
    return {
        digest: "test" if value < test else "validation" if value < test + validation else "train"
        for digest, value in draws.items()
    }
