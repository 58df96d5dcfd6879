"""Records of images that are arrays in memory."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.data.record import Record, Split


def array_records(
    images: NDArray[np.uint8], labels: Sequence[str], name: str, split: Split | None = None
) -> list[Record]:
    """Return one record per image, its path `name/INDEX`.

    Args:
        images: uint8, (n, height, width) or (n, height, width, 3).
        labels: n class names.
        name: what the records' paths begin with.
        split: split of all of them, or None to let the pipeline decide.
    """
    return [
        Record(f"{name}/{index:05d}", label, split, partial(Image.fromarray, image))
        for index, (image, label) in enumerate(zip(images, labels, strict=True))
    ]
