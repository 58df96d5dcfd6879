"""One image decoded, checked and brought to the configured size; prepare, predict and serving all decode here.

What each kind of image becomes:

- The first frame of an animation, the largest image of an icon, the merged layers of a PSD file.
- JPEG photos that are larger than needed are reduced by the decoder, see jpeg_scale.
- EXIF's rotation is applied. Color profiles (ICC) are ignored.
- Transparency is composed on white, of palettes and of gray levels too.
- Palettes, 1-bit images, CMYK, YCCK and LAB are converted to RGB by Pillow; CMYK in JPEG is inverted, as Adobe's is.
- Gray of 16 or 32 bits: values 0…R become 0…255, rounded down. R is what the file states: TIFF's MaxSampleValue or
  12 bits per sample, the maximum of PGM, the depth of JPEG 2000. Otherwise R is the smallest of 255, 4,095 and 65,535
  that the largest value does not exceed: 12-bit cameras store their values in 16 bits, and a 16-bit photo without a
  value above 4,095 would be nearly black. Negative values, and those above 65,535, are unreadable.
- Gray of floating-point numbers: R is the smallest of 1, 255, 4,095 and 65,535; rounded to the nearest. Values beyond R
  or below 0 by at most a tenth of R are clipped. Others, NaN, infinite ones, and a largest value between 1.1 and 16,
  which fits neither 0…1 nor 0…255, are unreadable.
- Color of 16 bits keeps the upper 8 bits of each value: Pillow does not read the others.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from .gray_levels import eight_bits, is_deep, stated_range
from .image_format import truncated_or
from .jpeg_scale import reduce_jpeg
from .orientation import SIDEWAYS, TRANSPOSED, orientation
from .preprocessing import Preprocessing
from .resizing import resized
from .tiff_rows import prepare_tiff
from .unreadable_error import UnreadableError, too_many_pixels, unreadable

WHITE = (255, 255, 255, 255)
MAX_PIXELS = 200_000_000
STRIP = 1_000_000  # pixels

Opener = Callable[[], AbstractContextManager[Image.Image]]  # opens an image with Pillow, for a `with` statement


@dataclass(frozen=True)
class UprightImage:
    """An image that is decoded.

    Attributes:
        image: upright, mode RGB.
        width: original width in pixels, upright.
        height: original height in pixels, upright.
        reduced: whether the decoder left out pixels.
    """

    image: Image.Image
    width: int
    height: int
    reduced: bool


def decode_pixels(opener: Opener, preprocessing: Preprocessing, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Return an image's pixels, uint8 (height, width, channels), by the rules of this module.

    Args:
        opener: opens the image.
        preprocessing: size, channels and way of resizing.
        max_pixels: of an image that is decoded.

    Raises:
        UnreadableError: it cannot be decoded, for whatever reason.
    """
    return resized(open_upright(opener, max_pixels, preprocessing).image, preprocessing)


def open_upright(
    opener: Opener,
    max_pixels: int = MAX_PIXELS,
    target: Preprocessing | None = None,
    before_decoding: Callable[[Image.Image, tuple[int, int]], None] | None = None,
) -> UprightImage:
    """Return an image upright and in RGB; JPEG decoders leave out pixels that nobody needs.

    Args:
        opener: opens the image.
        max_pixels: of an image that is decoded.
        target: what it will be resized to; None: nothing, it is only measured.
        before_decoding: gets the image before any memory is taken for its pixels, with the size that these will have,
            and its original size.

    Raises:
        UnreadableError: it cannot be decoded, for whatever reason.
    """
    opened = None
    try:
        with opener() as opened:
            _check_pixels(opened, max_pixels)
            size = reduce_jpeg(opened, target)
            if before_decoding:
                before_decoding(opened, size or opened.size)
            return _decoded(opened, size, max_pixels)
    except UnreadableError:
        raise
    except Exception as error:  # decoders raise all kinds: struct.error, KeyError, MemoryError, …
        found = unreadable(error)
    raise _end_checked(found, opener) if opened and found.verdict == "unreadable" else found


def _end_checked(found: UnreadableError, opener: Opener) -> UnreadableError:
    """Return `found`, the error of a decoder, or that the end of the file is missing."""
    try:
        with opener() as again:  # the decoder may have closed the file
            if isinstance(again, ImageFile.ImageFile) and again.fp and again.format:
                return truncated_or(found, again.fp, again.format)
    except Exception:
        return found
    return found


def _decoded(opened: Image.Image, original: tuple[int, int] | None, max_pixels: int) -> UprightImage:
    stated = stated_range(opened) if is_deep(opened) else None
    prepare_tiff(opened)
    opened.load()
    _check_pixels(opened, max_pixels)  # an image within an icon may be larger than the icon says
    held, size = orientation(opened), original or opened.size
    image = opened.transpose(TRANSPOSED[held]) if held in TRANSPOSED else opened
    width, height = reversed(size) if held in SIDEWAYS else size
    if is_deep(image):
        image = eight_bits(image, stated)
    if image.has_transparency_data:
        image = _on_white(image)
    rgb = image if image.mode == "RGB" else image.convert("RGB")  # a copy of a large photo costs time
    return UprightImage(rgb, width, height, original is not None)


def _on_white(image: Image.Image) -> Image.Image:
    """Compose a transparent image on white, some rows at a time: whole copies of a large one would fill the memory."""
    canvas = Image.new("RGB", image.size)
    rows = max(STRIP // image.width, 1)
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height))).convert("RGBA")
        canvas.paste(Image.alpha_composite(Image.new("RGBA", strip.size, WHITE), strip).convert("RGB"), (0, top))
    return canvas


def _check_pixels(image: Image.Image, limit: int) -> None:
    if (pixels := image.width * image.height) > limit:
        raise too_many_pixels(pixels, limit)
