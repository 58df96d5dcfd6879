"""Which of the images that a source has are used."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.base.errors import PipelineError, did_you_mean, nearest
from pipeline.base.printable import printable
from pipeline.data.record import Record, Split
from pipeline.data.sources.listing import LeftOut, Listing
from pipeline.data.sources.natural_order import natural_key


@dataclass(frozen=True)
class Choice:
    """What is used of a source.

    Attributes:
        classes: names of the classes, in the order of their indices; None: all, in natural order.
        most: images of each class in each given split; None: all.
        lenient: accept classes without images, or with none to train on.
    """

    classes: Sequence[str] | None = None
    most: int | None = None
    lenient: bool = False


def choose(where: str, records: Sequence[Record], left_out: Sequence[LeftOut], choice: Choice) -> Listing:
    """Return the listing of the chosen images, in their order.

    Where the splits that the source gives are not all three, its training images have none in the listing: the
    missing splits are taken from them.

    Args:
        where: the source, for messages.
        records: its images, with the splits that it gives.
        left_out: its other files.
        choice: classes and number of images.

    Raises:
        PipelineError: a chosen class is not there; a class has no images to train on.
    """
    classes = chosen_classes(where, {record.label for record in records}, choice)
    known = set(classes)
    chosen = _settled(where, [record for record in records if record.label in known], choice.lenient)
    dropped = [LeftOut(one.path, "not_chosen", "its class is not in data.classes") for one in records
               if one.label not in known]  # fmt: skip
    if choice.most is not None:
        kept = _first_drawn(chosen, choice.most)
        reason = f"more than data.max_per_class={choice.most} images of its class"
        dropped += [LeftOut(one.path, "not_chosen", reason) for index, one in enumerate(chosen) if index not in kept]
        chosen = [one for index, one in enumerate(chosen) if index in kept]
    return Listing(chosen, classes, [*left_out, *dropped])


def chosen_classes(where: str, labels: Iterable[str], choice: Choice) -> list[str]:
    """Return the classes to use, in the order of their indices.

    Raises:
        PipelineError: one is not there.
    """
    there = sorted(set(labels), key=natural_key)
    for name in choice.classes or ():
        if name not in there:
            guess = did_you_mean(nearest(name, there))
            raise PipelineError(f"data.classes names {name!r}, but {where} has no such class{guess}")
    return there if choice.classes is None else list(choice.classes)


def _settled(where: str, records: list[Record], lenient: bool) -> list[Record]:
    given = {record.split for record in records if record.split}
    if not given or lenient:
        return records
    trained = {record.label for record in records if record.split in ("train", None)}
    if not trained:
        raise PipelineError(f"{where} has images for {' and '.join(sorted(given))}, but none to train on")
    if untrained := sorted({record.label for record in records} - trained, key=natural_key):
        raise PipelineError(f"{where} has no training images for the classes {', '.join(map(printable, untrained))}")
    if len(given) == 3:
        return records
    return [replace(record, split=None) if record.split == "train" else record for record in records]


def _first_drawn(records: Sequence[Record], most: int) -> set[int]:
    """Return the indices of at most `most` images per class and split; the hash of its path decides about each."""
    groups: dict[tuple[str, Split | None], list[tuple[bytes, int]]] = defaultdict(list)
    for index, record in enumerate(records):
        draw = hashlib.blake2b(record.path.encode("utf-8", "surrogateescape"), digest_size=16).digest()
        groups[record.label, record.split].append((draw, index))
    return {index for group in groups.values() for _, index in sorted(group)[:most]}
