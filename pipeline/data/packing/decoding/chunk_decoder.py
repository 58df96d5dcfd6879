"""Consecutive images of a listing decoded one after the other; each process has one decoder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.data.decoded_image import DecodedImage, all_measures, decoded_image, pixel_digest
from pipeline.data.packing.decoding.image_memory import memory_of
from pipeline.data.packing.decoding.known_digests import KnownDigests
from pipeline.data.packing.decoding.photo_file import PhotoFile
from pipeline.data.packing.image_batch import MEASURES, ImageBatch, checksums
from pipeline.runtime.images.decode import Opener, UprightImage, open_upright
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.images.unreadable_error import UnreadableError, unreadable

DIGEST = 32  # bytes
ALWAYS_ALLOWED = 2**23  # bytes that each process may take for an image without waiting

# What an image comes as: the path of its file, the file's bytes, why these cannot be read, or what opens it.
ImageContent = str | bytes | OSError | Opener


@dataclass(frozen=True)
class DecodingSettings:
    """What is done with each image.

    Attributes:
        preprocessing: of the pixels; None: they are not needed.
        max_pixels: of an image that is decoded.
        known: file for KnownDigests; images with such a digest are not decoded.
    """

    preprocessing: Preprocessing | None
    max_pixels: int
    known: Path | None


class ChunkDecoder:
    """Decodes images.

    Args:
        settings: what is done with each.
        wait_for_memory: is called before a large image is decoded, with the number of bytes that it will take, and
            again before the next one, when those of the last are free.
    """

    def __init__(self, settings: DecodingSettings, wait_for_memory: Callable[[int], None] | None = None) -> None:
        self.settings, self.wait_for_memory = settings, wait_for_memory
        self.known = KnownDigests(settings.known)

    def decode(self, start: int, contents: Sequence[ImageContent]) -> ImageBatch:
        """Decode consecutive images.

        Args:
            start: index of the first in the listing.
            contents: of the images.
        """
        digests: list[bytes] = []
        images: list[tuple[bytes, DecodedImage]] = []
        failures: dict[int, tuple[str, str]] = {}
        known = np.zeros(len(contents), np.bool_)
        for place, content in enumerate(contents):
            digest, found = self._decoded(content)
            digests.append(digest)
            if isinstance(found, DecodedImage):
                images.append((digest, found))
            elif found:
                failures[place] = found.verdict, str(found)
            else:
                known[place] = True
        measures, pixels = _measures(images), self._pixels(images)
        measures["checksum"] = checksums(measures, pixels)
        return ImageBatch(start, _digest_table(digests), known, failures, measures, pixels)

    def _decoded(self, content: ImageContent) -> tuple[bytes, DecodedImage | UnreadableError | None]:
        """Return an image's digest, and the image, why it cannot be decoded, or None if it is known."""
        digest = bytes(DIGEST)
        try:
            if callable(content):
                upright = self._upright(content)
                digest = pixel_digest(upright)
                return digest, None if digest in self.known else decoded_image(upright, self.settings.preprocessing)
            file = PhotoFile(content)
            digest = file.digest()
            if digest in self.known:
                return digest, None
            return digest, decoded_image(self._upright(file.open, file.unread), self.settings.preprocessing)
        except (UnreadableError, OSError) as error:
            return digest, unreadable(error)

    def _upright(self, opener: Opener, unread: int = 0) -> UprightImage:
        """Decode an image; `unread`: size of its file, if that is not in memory yet."""

        def wait(opened: Image.Image, original: tuple[int, int]) -> None:
            if self.wait_for_memory and (need := memory_of(opened, original, unread)) > ALWAYS_ALLOWED:
                self.wait_for_memory(need)

        return open_upright(opener, self.settings.max_pixels, self.settings.preprocessing, wait)

    def _pixels(self, images: Sequence[tuple[bytes, DecodedImage]]) -> NDArray[np.uint8] | None:
        if self.settings.preprocessing is None:
            return None
        pixels = np.empty((len(images), *self.settings.preprocessing.shape), np.uint8)
        for place, (_, image) in enumerate(images):
            if image.pixels is not None:
                pixels[place] = image.pixels
        return pixels


def _digest_table(digests: Sequence[bytes]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(digests), np.uint8).reshape(-1, DIGEST)


def _measures(images: Sequence[tuple[bytes, DecodedImage]]) -> NDArray[np.void]:
    rows = np.zeros(len(images), MEASURES)
    rows["digest"] = _digest_table([digest for digest, _ in images])
    rows["picture"] = _digest_table([image.picture for _, image in images])
    for name in ("width", "height", "reduced"):
        rows[name] = [getattr(image, name) for _, image in images]
    measures = all_measures([image for _, image in images])
    for name in ("spread", "sharpness", "thumbnail"):
        values = [getattr(one, name) for one in measures]
        rows[name] = np.stack(values) if values else 0
    return rows
