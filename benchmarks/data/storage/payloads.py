"""What can be kept of one image: bytes from which its prepared pixels can be had again."""

import io
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.data.golden_batch import decoded
from pipeline.runtime.images.image_inputs import array_image
from pipeline.runtime.images.preprocessing import Preprocessing

Pixels = NDArray[np.uint8]
QUALITY = 95  # of JPEG files at the prepared size


class Payload(Protocol):
    """A form of one image."""

    def encode(self, file: bytes, pixels: Pixels) -> bytes:
        """Return what is kept of an image file and of its prepared pixels, (height, width, channels)."""

    def decode(self, kept: bytes) -> Pixels:
        """Return the prepared pixels, (height, width, channels)."""


@dataclass(frozen=True)
class RawPixels:
    """The prepared pixels."""

    shape: tuple[int, int, int]

    def encode(self, file: bytes, pixels: Pixels) -> bytes:
        """Return the pixels."""
        return pixels.tobytes()

    def decode(self, kept: bytes) -> Pixels:
        """Return the pixels."""
        return np.frombuffer(kept, np.uint8).reshape(self.shape)


@dataclass(frozen=True)
class CompressedPixels:
    """The prepared pixels, compressed by zstd at its default level."""

    shape: tuple[int, int, int]

    def encode(self, file: bytes, pixels: Pixels) -> bytes:
        """Return the compressed pixels."""
        return bytes(pa.Codec("zstd").compress(pixels.tobytes(), asbytes=True))

    def decode(self, kept: bytes) -> Pixels:
        """Return the pixels."""
        pixels = pa.Codec("zstd").decompress(kept, int(np.prod(self.shape)))
        return np.frombuffer(pixels, np.uint8).reshape(self.shape)


@dataclass(frozen=True)
class SourceFile:
    """The image file as it came, decoded and resized when it is read."""

    preprocessing: Preprocessing

    def encode(self, file: bytes, pixels: Pixels) -> bytes:
        """Return the file."""
        return file

    def decode(self, kept: bytes) -> Pixels:
        """Return the pixels, as `prepare` makes them."""
        (pixels,) = decoded([kept], self.preprocessing)
        return np.asarray(pixels)


@dataclass(frozen=True)
class SmallJpeg:
    """A JPEG file of the prepared pixels: a second loss of quality."""

    preprocessing: Preprocessing

    def encode(self, file: bytes, pixels: Pixels) -> bytes:
        """Return the file."""
        buffer = io.BytesIO()
        array_image(pixels).save(buffer, "JPEG", quality=QUALITY)
        return buffer.getvalue()

    def decode(self, kept: bytes) -> Pixels:
        """Return nearly the pixels."""
        (pixels,) = decoded([kept], self.preprocessing)
        return np.asarray(pixels)
