"""One image as a source offers it, before it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PIL import Image

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class Record:
    """One image: where it is from, its class, its split where the source decides that, and how to open it."""

    path: str
    label: str
    split: Split | None
    open: Callable[[], Image.Image]
