"""The images of a request, in any form in which JSON, a table or Python brings them."""

import base64
import binascii
import io
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from ..images.image_format import open_image
from ..images.image_inputs import NamedImage, named_images
from ..images.unreadable_error import UnreadableError
from ..pipeline_error import PipelineError

COLUMN = "image"  # of a table that has several
KEYS = (COLUMN, "b64")  # of an object that stands for an image; TensorFlow Serving's clients send b64
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")  # none for which Pillow starts another program
MOST_PIXELS = 64_000_000  # of an image; decoding takes six bytes for each
LARGE = 16_000_000  # pixels of an image from which on requests wait for each other, so that memory does not run out
_decoding = threading.Lock()


def request_images(payload: Any) -> Iterator[NamedImage]:
    """Yield the images of a request, named `image 0`, `image 1`, ….

    Args:
        payload: one image or a list of images: base64 text or the bytes of an image file, nested lists or arrays of
            pixels from 0 to 255, or an object `{"image": …}` or `{"b64": …}`; or a table with a column of them.

    Raises:
        PipelineError: something there is no image.
    """
    number = 0
    for value in _values(payload):
        for image in _images(value, number):
            yield image
            number += 1


def _values(payload: Any) -> Iterator[Any]:
    """Yield single images as they came, and arrays of numbers whole."""
    if isinstance(payload, pd.DataFrame):
        yield from _column(payload)
    elif isinstance(payload, Mapping):
        yield from _values(_member(payload))
    elif isinstance(payload, np.ndarray):
        yield from [_pixels(payload)] if payload.ndim > 1 and payload.dtype.kind in "uif" else _values(payload.tolist())
    elif isinstance(payload, list | tuple):
        yield from [payload] if _is_pixels(payload) else (one for value in payload for one in _values(value))
    else:
        yield payload


def _column(table: pd.DataFrame) -> list[Any]:
    if table.empty:
        return []
    if len(table.columns) != 1 and list(table.columns).count(COLUMN) != 1:
        names = ", ".join(str(name) for name in table.columns[:10]) or "none"
        raise PipelineError(f"a table must have one column, or one named {COLUMN} among others; it has: {names}")
    column = table[COLUMN] if COLUMN in table.columns else table.iloc[:, 0]
    return [one for value in column.tolist() for one in ([value] if not isinstance(value, dict) else _values(value))]


def _member(value: Mapping[str, Any]) -> Any:
    found = [value[key] for key in KEYS if key in value]
    if not found:
        raise PipelineError(f'an object that stands for an image must have the key "image" or "b64", not {[*value]}')
    return found[0]


def _is_pixels(value: Any) -> bool:
    """Return whether the first innermost element of lists of lists is a number."""
    depth = 0
    while isinstance(value, list | tuple) and value:
        value, depth = value[0], depth + 1
    return depth > 1 and isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _pixels(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return (images, height, width) with an axis for the channel."""
    return array[..., None] if array.ndim == 3 and array.shape[-1] not in (1, 3, 4) else array


def _images(value: Any, number: int) -> Iterator[NamedImage]:
    name = f"image {number}"
    if isinstance(value, str):
        yield NamedImage(name, partial(_open_text, value))
    elif isinstance(value, bytes | bytearray | memoryview):
        yield NamedImage(name, partial(_open, bytes(value)))
    elif isinstance(value, list | tuple | np.ndarray | Image.Image):
        yield from _numbered(value if isinstance(value, Image.Image) else _array(value, name), number)
    elif pd.isna(value):
        yield NamedImage(name, _open_nothing)
    else:
        raise PipelineError(
            f"{name} must be the bytes of an image file in base64, or an array of pixels from 0 to 255; "
            f"it is {type(value).__name__}"
        )


def _numbered(value: Any, number: int) -> Iterator[NamedImage]:
    try:
        for offset, image in enumerate(named_images(value)):
            yield NamedImage(f"image {number + offset}", image.open, image.pixels)
    except PipelineError as error:
        raise PipelineError(f"image {number}: {error}") from None


def _array(value: Any, name: str) -> np.ndarray[Any, Any]:
    """Return pixels as an array; Spark sends arrays of arrays."""
    plain = value.tolist() if isinstance(value, np.ndarray) and value.dtype == object else value
    try:
        return _pixels(np.array(plain))
    except ValueError:
        raise PipelineError(f"{name} is a list whose rows differ in length: an array of pixels is needed") from None


def _open_nothing() -> AbstractContextManager[Image.Image]:
    raise OSError("it is missing")


def _open_text(text: str) -> AbstractContextManager[Image.Image]:
    """Open an image file in base64; line breaks, and the beginning of a data URL, are ignored."""
    body = text.partition(",")[2] if text.startswith("data:") else text
    try:
        content = base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError):  # the latter for characters outside ASCII
        raise OSError("not base64 (standard alphabet, with padding): send the bytes of an image file") from None
    return _open(content)


def _open(content: bytes) -> AbstractContextManager[Image.Image]:
    try:
        image = open_image(io.BytesIO(content), FORMATS)
    except UnreadableError as error:
        if error.verdict == "not_an_image":
            raise OSError(f"not an image file of the formats {', '.join(FORMATS)}") from None
        raise
    pixels = image.width * image.height
    if pixels > MOST_PIXELS:
        raise OSError(f"larger than {MOST_PIXELS:,} pixels")
    return _in_turn(image) if pixels > LARGE else image


@contextmanager
def _in_turn(image: Image.Image) -> Iterator[Image.Image]:
    with _decoding, image:
        yield image
