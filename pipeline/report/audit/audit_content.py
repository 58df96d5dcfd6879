"""What the page of an audit shows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class AuditImage:
    """An image on the page.

    Attributes:
        path: of its file, any text.
        label: its class, any text; '' if none.
        split: train, validation, test or ''.
        picture: uint8 (rows, columns, 3), RGB, a thumbnail, or None if it cannot be shown.
    """

    path: str
    label: str
    split: str
    picture: NDArray[np.uint8] | None


@dataclass(frozen=True)
class AuditCase:
    """A place where a finding was made.

    Attributes:
        images: one, or those that belong together, such as duplicates.
        reason: in plain words, such as `mean brightness 7 of 255`.
    """

    images: tuple[AuditImage, ...]
    reason: str


@dataclass(frozen=True)
class AuditFinding:
    """One kind of finding, with its cases.

    Attributes:
        name: key of `data.audit`, such as `near_split_leak`.
        title: for people.
        meaning: one or two sentences: why it matters, what to do.
        action: drop, warn, stop or ignore.
        total: number of cases.
        files: number of files concerned.
        cases: the first of them; may be fewer than `total`.
    """

    name: str
    title: str
    meaning: str
    action: str
    total: int
    files: int
    cases: tuple[AuditCase, ...]


@dataclass(frozen=True)
class AuditContent:
    """All that the page shows.

    Attributes:
        title: name of the data set or folder, any text.
        facts: labels and texts for its head, in order.
        counts: numbers of images, a row per class (index: its name), in the order of the classes. Columns: train,
            validation, test, dropped; or images, dropped. An index of dtype object takes names that are not UTF-8.
        widths: of every readable image, in pixels.
        heights: of every readable image, in pixels.
        brightness: mean of every readable image, 0 (black) to 255 (white).
        samples: images of each class.
        findings: gravest first, only those with cases.
        clean: titles of what was looked for and not found.
        left_out: (path, verdict, reason) of dropped files; may be fewer than `left_out_total`.
        left_out_total: number of dropped files.
    """

    title: str
    facts: Mapping[str, str]
    counts: pd.DataFrame
    widths: NDArray[np.int64]
    heights: NDArray[np.int64]
    brightness: NDArray[np.float32]
    samples: Mapping[str, tuple[AuditImage, ...]]
    findings: tuple[AuditFinding, ...]
    clean: tuple[str, ...]
    left_out: tuple[tuple[str, str, str], ...]
    left_out_total: int
