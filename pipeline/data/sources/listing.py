"""What a source holds: its images, and the files that are none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.data.record import Record


@dataclass(frozen=True)
class LeftOut:
    """A file that is there and will not be decoded.

    Attributes:
        path: relative to its source.
        verdict: name of a finding (a key of `data.audit`), or `not_chosen`.
        reason: why, in a few words.
    """

    path: str
    verdict: str
    reason: str


@dataclass(frozen=True)
class Listing:
    """Everything in a source, hidden files and litter of operating systems aside.

    Attributes:
        records: the images, in an order that does not depend on the machine.
        classes: class names in index order.
        left_out: the other files.
        warnings: lines for whoever prepares the images.
        columns: by name, what else the source's table says about images; a record has its row in them.
    """

    records: list[Record]
    classes: list[str]
    left_out: list[LeftOut] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
