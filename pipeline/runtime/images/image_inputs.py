"""What can be classified: paths, bytes, Pillow images and arrays, each as something to open."""

import io
import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..pipeline_error import PipelineError
from .decode import Opener
from .image_format import open_image

ImageInput = str | os.PathLike[str] | bytes | Image.Image | NDArray[np.generic]


@dataclass(frozen=True)
class NamedImage:
    """An image to classify.

    Attributes:
        name: its path, or `image N`.
        open: opens it with Pillow.
        pixels: uint8 (height, width, channels), if it came as an array: those of the network's size need no decoding.
    """

    name: str
    open: Opener
    pixels: NDArray[np.uint8] | None = None


def named_images(inputs: ImageInput | Iterable[ImageInput]) -> Iterator[NamedImage]:
    """Yield what is to be classified.

    Args:
        inputs: one image or several: a path, the bytes of a file, a Pillow image, or an array, (height, width),
            (height, width, channels) or (images, height, width, channels), with values from 0 to 255, of any size.

    Raises:
        PipelineError: an array is no image; that its pixels were scaled to 0…1 is one of the reasons.
    """
    single = isinstance(inputs, str | os.PathLike | bytes | Image.Image | np.ndarray)
    if not single and (not isinstance(inputs, Iterable) or hasattr(inputs, "read")):
        raise _no_image(inputs)
    number = 0
    for value in [inputs] if single else inputs:  # type: ignore[union-attr]
        for image in _named(value, number):  # type: ignore[arg-type]
            number += 1
            yield image


def file_image(path: str | os.PathLike[str]) -> NamedImage:
    """Return the image in a file."""
    return NamedImage(os.fspath(path), partial(_open_file, Path(path)))


def _named(value: ImageInput, number: int) -> Iterator[NamedImage]:
    if isinstance(value, str | os.PathLike):
        yield file_image(value)
    elif isinstance(value, bytes):
        yield NamedImage(f"image {number}", lambda: open_image(io.BytesIO(value)))
    elif isinstance(value, Image.Image):
        yield NamedImage(f"image {number}", value.copy)
    elif isinstance(value, np.ndarray):
        pixels = _checked_pixels(value)
        for offset, image in enumerate(pixels if pixels.ndim == 4 else [pixels]):
            yield NamedImage(f"image {number + offset}", partial(array_image, image), image)
    else:
        raise _no_image(value)


def _no_image(value: object) -> PipelineError:
    kind = type(value).__name__
    return PipelineError(f"an image must be a path, the bytes of a file, a Pillow image or an array, not {kind}")


def _open_file(path: Path) -> Image.Image:
    if os.path.isfile(path):  # noqa: PTH113 - Path.is_file takes three times as long
        return open_image(path)
    if path.is_dir():
        os.scandir(path).close()  # says if it cannot be read
        raise OSError("is a folder")
    raise OSError("is not a file" if path.exists() else "no such file")


def array_image(pixels: NDArray[np.uint8]) -> Image.Image:
    """Return pixels, uint8 (height, width, channels), as a Pillow image."""
    return Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)


def _checked_pixels(array: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Return the array as uint8, (height, width, channels) or (images, height, width, channels)."""
    pixels = array[..., None] if array.ndim == 2 else array
    if pixels.ndim not in (3, 4) or pixels.shape[-1] not in (1, 3, 4) or 0 in pixels.shape:
        raise PipelineError(
            f"an array of shape {array.shape} is no image: it takes (height, width), or (height, width, channels) with "
            "1, 3 or 4 channels, or several of the latter (gray ones with a last axis of 1: array[..., None])"
        )
    if pixels.dtype == np.uint8:
        return pixels.view(np.uint8)
    if not np.issubdtype(pixels.dtype, np.number) or np.iscomplexobj(pixels):
        raise PipelineError(f"an array of {array.dtype} is no image: its values must be numbers from 0 to 255")
    low, high = float(pixels.min()), float(pixels.max())
    if not (low >= 0 and high <= 255):  # false for NaN too
        if not (math.isfinite(low) and math.isfinite(high)):
            raise PipelineError("pixels must be from 0 to 255, and some of these are NaN or infinite")
        cure = "divide 16-bit pixels by 257" if low >= 0 and 255 < high <= 65535 else "undo their scaling"
        raise PipelineError(f"pixels must be from 0 to 255, and these are from {low:g} to {high:g}: {cure}")
    highest = np.asarray(pixels, np.float64).max(axis=(-3, -2, -1))  # of each image
    if np.issubdtype(pixels.dtype, np.floating) and bool(np.any((highest > 0) & (highest <= 1))):
        raise PipelineError(
            "the pixels of an image are from 0 to 1, but the network scales pixels itself and takes 0 to 255: "
            "multiply them by 255"
        )
    return np.asarray(np.rint(pixels), np.uint8)
