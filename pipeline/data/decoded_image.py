"""One image of a data set decoded, measured and brought to the configured size."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.data.audit.icon_measures import is_icon, measure_icons
from pipeline.data.audit.image_measures import ImageMeasures, measure_image
from pipeline.data.record import Record
from pipeline.runtime.images.decode import UprightImage, open_upright
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.images.resizing import pixels_of, resized
from pipeline.runtime.images.unreadable_error import UnreadableError

STRIP = 1_000_000  # pixels


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """An image's pixels at the configured size, and what is measured on it.

    Attributes:
        picture: SHA-256 of the original size and the decoded pixels, before they are resized.
        width: original width in pixels, upright.
        height: original height in pixels, upright.
        reduced: whether a JPEG decoder left out pixels.
        measures: for the audit; of an icon, its decoded pixels, uint8 (height, width, 3): icons are measured together,
            see `measure_icons`.
        pixels: uint8 (height, width, channels); None where they are not needed.
    """

    picture: bytes
    width: int
    height: int
    reduced: bool
    measures: ImageMeasures | NDArray[np.uint8]
    pixels: NDArray[np.uint8] | None


def decoded_image(upright: UprightImage, preprocessing: Preprocessing | None) -> DecodedImage:
    """Measure and resize an image.

    Args:
        upright: as `open_upright` returns it.
        preprocessing: size, channels and way of resizing; None: the pixels are not needed.
    """
    image = upright.image
    icon = pixels_of(image) if is_icon(image) else None
    picture = picture_digest(upright.width, upright.height, image if icon is None else icon)
    if preprocessing is None:
        pixels = None
    elif icon is not None and icon.shape == preprocessing.shape:
        pixels = icon  # copying the pixels out of Pillow again would cost a tenth of decoding
    else:
        pixels = resized(image, preprocessing)
    measures = measure_image(image) if icon is None else icon
    return DecodedImage(picture, upright.width, upright.height, upright.reduced, measures, pixels)


def picture_digest(width: int, height: int, image: Image.Image | NDArray[np.uint8]) -> bytes:
    """Return the SHA-256 of a picture, 32 bytes: equal pictures have the same one, whatever their files.

    Args:
        width: original width in pixels, upright.
        height: original height in pixels, upright.
        image: as it was decoded, or its pixels.
    """
    digest = hashlib.sha256(f"{width}x{height}".encode())
    for piece in _pixel_bytes(image) if isinstance(image, Image.Image) else [image.data]:
        digest.update(piece)
    return digest.digest()


def whole_picture(record: Record, width: int, height: int, max_pixels: int) -> bytes | None:
    """Return an image's picture digest with no pixel left out in decoding; None if it cannot be decoded.

    Args:
        record: the image.
        width: original width in pixels, upright.
        height: original height in pixels, upright.
        max_pixels: of an image that is decoded.
    """
    try:
        image = open_upright(record.open, max_pixels, Preprocessing(height, width, 3, "stretch")).image
    except UnreadableError:
        return None
    return picture_digest(width, height, image)


def all_measures(images: Sequence[DecodedImage]) -> list[ImageMeasures]:
    """Return the measures of images."""
    icons = iter(measure_icons([one.measures for one in images if not isinstance(one.measures, ImageMeasures)]))
    return [one.measures if isinstance(one.measures, ImageMeasures) else next(icons) for one in images]


def pixel_digest(upright: UprightImage) -> bytes:
    """Return the SHA-256 of size and pixels: the identity of an image that is in no file."""
    digest = hashlib.sha256(f"{upright.image.size}".encode())
    for piece in _pixel_bytes(upright.image):
        digest.update(piece)
    return digest.digest()


def _pixel_bytes(image: Image.Image) -> Iterator[bytes]:
    """Yield the pixels of some rows at a time: a copy of all those of a large image would fill the memory."""
    if image.width * image.height <= STRIP:
        yield image.tobytes()
        return
    rows = max(STRIP // image.width, 1)
    for top in range(0, image.height, rows):
        yield image.crop((0, top, image.width, min(top + rows, image.height))).tobytes()
