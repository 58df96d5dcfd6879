"""One image decoded, checked and brought to the configured size."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from ..pipeline_error import one_line
from .preprocessing import Preprocessing

WHITE = (255, 255, 255, 255)

Opener = Callable[[], AbstractContextManager[Image.Image]]  # opens an image with Pillow, for a `with` statement


class UnreadableError(Exception):
    """An image cannot be decoded; the message is the reason, on one line."""


def decode_pixels(opener: Opener, preprocessing: Preprocessing) -> NDArray[np.uint8]:
    """Return an image's pixels, uint8 (height, width, channels).

    EXIF rotation is applied; transparency is composed on white; 16-bit gray is scaled to 8 bits; the first frame of an
    animation is used.

    Args:
        opener: opens the image with Pillow.
        preprocessing: size, channels and way of resizing.

    Raises:
        UnreadableError: Pillow cannot decode it.
    """
    return resized(open_upright(opener), preprocessing)


def open_upright(opener: Opener) -> Image.Image:
    """Return the image upright and in RGB.

    Raises:
        UnreadableError: Pillow cannot decode it.
    """
    try:
        with opener() as opened:
            return _upright_rgb(opened)
    except UnidentifiedImageError:
        raise UnreadableError("not an image of a format that Pillow reads") from None
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise UnreadableError(_reason(error)) from None


def _reason(error: Exception) -> str:
    if isinstance(error, Image.DecompressionBombError):
        return f"larger than {2 * (Image.MAX_IMAGE_PIXELS or 0):,} pixels"
    return getattr(error, "strerror", None) or one_line(error)


def _upright_rgb(opened: Image.Image) -> Image.Image:
    opened.load()
    upright = _upright(opened)
    if upright.mode.startswith("I"):
        deep = np.asarray(upright).astype(np.int64)
        scaled = deep // 257 if upright.mode != "I" or deep.max() > 255 else deep  # "I" may hold 8-bit values
        upright = Image.fromarray(np.clip(scaled, 0, 255).astype(np.uint8))
    if upright.has_transparency_data:
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, WHITE), upright.convert("RGBA"))
    return upright if upright.mode == "RGB" else upright.convert("RGB")  # a copy of a large photo costs time


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
