"""One image of a data set decoded, measured and brought to the configured size."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.config.schema.audit_schema import AuditLimits
from pipeline.data.audit.image_measures import ImageMeasures, measure_image
from pipeline.data.record import Record
from pipeline.runtime.images.decode import open_upright, resized
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.images.unreadable_error import UnreadableError

DEFAULT = AuditLimits()


@dataclass(frozen=True)
class DecodedImage:
    """A record's pixels at the configured size, or the reason why there are none.

    Attributes:
        record: the image as its source offers it.
        verdict: `ok`, or `not_an_image`, `truncated`, `unreadable` or `too_many_pixels`.
        reason: why it is not `ok`, or ''.
        digest: SHA-256 of the decoded pixels at their original size, in hex; '' where there are none.
        width: original width in pixels.
        height: original height in pixels.
        measures: for the audit; None where the image cannot be decoded.
        pixels: uint8 (height, width, channels), or None.
    """

    record: Record
    verdict: str
    reason: str = ""
    digest: str = ""
    width: int = 0
    height: int = 0
    measures: ImageMeasures | None = None
    pixels: NDArray[np.uint8] | None = None


def decode_image(record: Record, preprocessing: Preprocessing | None, limits: AuditLimits = DEFAULT) -> DecodedImage:
    """Decode one image with `open_upright`, measure it, and compute its digest.

    The same picture in two files, encodings or target sizes has one digest.

    Args:
        record: the image as its source offers it.
        preprocessing: size, channels and way of resizing; None: its pixels are not needed.
        limits: largest number of pixels, and the spread below which it is measured exactly.
    """
    try:
        image = open_upright(record.open, limits.pixels)
    except UnreadableError as error:
        return DecodedImage(record, error.verdict, str(error))
    digest = hashlib.sha256(f"{image.size}".encode())
    digest.update(image.tobytes())
    measures = measure_image(image, limits.uniform)
    pixels = resized(image, preprocessing) if preprocessing else None
    return DecodedImage(record, "ok", "", digest.hexdigest(), image.width, image.height, measures, pixels)
