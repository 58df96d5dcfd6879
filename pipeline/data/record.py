"""One image as a source offers it, before it is decoded."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

from PIL import Image

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class Record:
    """One image.

    Attributes:
        path: where it is from, relative to its source.
        label: class name.
        split: its split if the source decides that, else None.
        open: opens it with Pillow.
        group: images of one group, such as the photos of one patient, go to the same split; None: no group.
        weight: of its loss in training, relative to 1.
    """

    path: str
    label: str
    split: Split | None
    open: Callable[[], AbstractContextManager[Image.Image]]
    group: str | None = None
    weight: float = 1.0
