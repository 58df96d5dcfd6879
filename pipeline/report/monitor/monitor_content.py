"""What the page of a comparison with the reference shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class MonitorRow:
    """One measure, as text for people.

    Attributes:
        title: of the measure.
        reference: its median in the reference, or '–'.
        new: its median in the new images, or '–'.
        effect: size of the difference, or '–'.
        limit: that an alarm needs.
        p_value: adjusted for the number of measures, or '–'.
        verdict: `alarm`, `ok`, `not compared` or `ignored`.
        note: why it was not compared, or what differs most; may be empty.
        meaning: of the effect.
    """

    title: str
    reference: str
    new: str
    effect: str
    limit: str
    p_value: str
    verdict: str
    note: str
    meaning: str


@dataclass(frozen=True)
class MonitorHistogram:
    """Values of a measure in the reference and in the new images.

    Attributes:
        title: of the measure.
        reference: values, (m,), at least one.
        new: values, (n,), at least one.
        alarm: whether the measure alarms.
    """

    title: str
    reference: NDArray[np.float64]
    new: NDArray[np.float64]
    alarm: bool


@dataclass(frozen=True)
class MonitorImage:
    """An image on the page.

    Attributes:
        path: of its file, any text.
        picture: uint8 (rows, columns, 3), or None if it cannot be shown.
        caption: what is unusual about it.
    """

    path: str
    picture: NDArray[np.uint8] | None
    caption: str


@dataclass(frozen=True)
class MonitorContent:
    """All that the page shows.

    Attributes:
        alarm: whether a measure alarms.
        sentence: what changed and what to do.
        facts: labels and texts for its head, in order.
        rows: of the table.
        histograms: of the measures that have values.
        classes: (class, share of the reference's images, share of the new ones), those that differ most first.
        images: the most unusual ones, by title of what is unusual.
        unreadable: (path, reason) of files that cannot be read; may be fewer than `unreadable_total`.
        unreadable_total: number of them.
    """

    alarm: bool
    sentence: str
    facts: Mapping[str, str]
    rows: Sequence[MonitorRow]
    histograms: Sequence[MonitorHistogram]
    classes: Sequence[tuple[str, float, float]]
    images: Mapping[str, Sequence[MonitorImage]]
    unreadable: Sequence[tuple[str, str]]
    unreadable_total: int
