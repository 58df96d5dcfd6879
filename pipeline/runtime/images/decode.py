"""One image decoded, checked and brought to the configured size; prepare, predict and serving all decode here.

What each kind of image becomes:

- The first frame of an animation, the largest image of an icon, the merged layers of a PSD file.
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

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageFile, ImageOps

from .gray_levels import eight_bits, is_deep, stated_range
from .image_format import truncated_or
from .preprocessing import Preprocessing
from .tiff_rows import prepare_tiff
from .unreadable_error import UnreadableError, too_many_pixels, unreadable

WHITE = (255, 255, 255, 255)
MAX_PIXELS = 200_000_000

Opener = Callable[[], AbstractContextManager[Image.Image]]  # opens an image with Pillow, for a `with` statement


def decode_pixels(opener: Opener, preprocessing: Preprocessing, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Return an image's pixels, uint8 (height, width, channels), by the rules of this module.

    Args:
        opener: opens the image.
        preprocessing: size, channels and way of resizing.
        max_pixels: of an image that is decoded.

    Raises:
        UnreadableError: it cannot be decoded, for whatever reason.
    """
    return resized(open_upright(opener, max_pixels), preprocessing)


def open_upright(opener: Opener, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """Return the image upright and in RGB.

    Args:
        opener: opens the image.
        max_pixels: of an image that is decoded.

    Raises:
        UnreadableError: it cannot be decoded, for whatever reason.
    """
    opened = None
    try:
        with opener() as opened:
            return _upright_rgb(opened, max_pixels)
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


def _upright_rgb(opened: Image.Image, max_pixels: int) -> Image.Image:
    _check_pixels(opened, max_pixels)
    stated = stated_range(opened) if is_deep(opened) else None
    prepare_tiff(opened)
    opened.load()
    _check_pixels(opened, max_pixels)  # an image within an icon may be larger than the icon says
    upright = _upright(opened)
    if is_deep(upright):
        upright = eight_bits(upright, stated)
    if upright.has_transparency_data:
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, WHITE), upright.convert("RGBA"))
    return upright if upright.mode == "RGB" else upright.convert("RGB")  # a copy of a large photo costs time


def _check_pixels(image: Image.Image, limit: int) -> None:
    if (pixels := image.width * image.height) > limit:
        raise too_many_pixels(pixels, limit)


def _upright(image: Image.Image) -> Image.Image:
    """Apply the EXIF rotation; a broken EXIF block, for which Pillow may raise anything, is ignored."""
    try:
        turned = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
        return ImageOps.exif_transpose(image) if turned else image
    except Exception:
        return image


def resized(image: Image.Image, target: Preprocessing) -> NDArray[np.uint8]:
    """Return the pixels of an image as `open_upright` returns it, uint8 (height, width, channels)."""
    size, bilinear = (target.width, target.height), Image.Resampling.BILINEAR
    if target.resize == "crop":
        image = ImageOps.fit(image, size, bilinear)
    elif target.resize == "pad":
        image = _padded(image, size)
    else:
        image = image.resize(size, bilinear)
    pixels = np.asarray(image.convert("L") if target.channels == 1 else image)
    return pixels.reshape(target.shape)


def _padded(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Fit the whole image into `size`, centered on black; unlike ImageOps.pad, narrow images keep a pixel of width."""
    scale = min(size[0] / image.width, size[1] / image.height)
    inner = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
    canvas = Image.new("RGB", size)
    corner = ((size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2)
    canvas.paste(image.resize(inner, Image.Resampling.BILINEAR), corner)
    return canvas
