"""One image as a source offers it, before it is decoded."""

from collections.abc import Callable
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
    """

    path: str
    label: str
    split: Split | None
    open: Callable[[], Image.Image]
