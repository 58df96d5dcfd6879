"""One image of a data set decoded, checked and brought to the configured size."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.data.record import Record
from pipeline.runtime.images.decode import UnreadableError, open_upright, resized
from pipeline.runtime.images.preprocessing import Preprocessing


@dataclass(frozen=True)
class DecodedImage:
    """A record's pixels at the configured size, or the reason why there are none.

    Attributes:
        record: the image as its source offers it.
        pixels: uint8 (height, width, channels), or None.
        digest: SHA-256 of the decoded pixels at their original size, in hex; empty where there are none.
        width: original width in pixels.
        height: original height in pixels.
        verdict: `ok`, or `unreadable: REASON`.
    """

    record: Record
    pixels: NDArray[np.uint8] | None
    digest: str
    width: int
    height: int
    verdict: str


def decode_image(record: Record, preprocessing: Preprocessing) -> DecodedImage:
    """Decode one image with `decode_pixels`, and compute its digest.

    The same picture in two files, encodings or target sizes has one digest.

    Args:
        record: the image as its source offers it.
        preprocessing: size, channels and way of resizing.
    """
    try:
        image = open_upright(record.open)
    except UnreadableError as error:
        return DecodedImage(record, None, "", 0, 0, f"unreadable: {error}")
    digest = hashlib.sha256(f"{image.size}".encode() + image.tobytes()).hexdigest()
    return DecodedImage(record, resized(image, preprocessing), digest, image.width, image.height, "ok")
