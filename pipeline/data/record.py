"""One image as a source offers it, before it is decoded."""

import io
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

from PIL import Image

from pipeline.data.sources.trees.file_tree import TreeFile
from pipeline.runtime.images.decode import Opener
from pipeline.runtime.images.image_format import open_image

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Record:
    """One image.

    Attributes:
        path: where it is from, relative to its source.
        label: class name.
        split: its split if the source decides that, else None.
        content: the file that it is in, or, of an image that is in memory, what returns it as a Pillow image.
        group: images of one group, such as the photos of one patient, go to the same split; None: no group.
        weight: of its loss in training, relative to 1.
        row: its place in the columns of the listing; -1: in none.
    """

    path: str
    label: str
    split: Split | None
    content: TreeFile | Opener
    group: str | None = None
    weight: float = 1.0
    row: int = -1

    def open(self) -> AbstractContextManager[Image.Image]:
        """Open it with Pillow.

        Raises:
            UnreadableError: it is no image, or has a damaged header.
            OSError: its file cannot be read.
        """
        return open_image(io.BytesIO(self.content.read())) if isinstance(self.content, TreeFile) else self.content()
