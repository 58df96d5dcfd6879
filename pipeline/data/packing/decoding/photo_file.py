"""The file of a photo, read once."""

import hashlib
import io
import os

from PIL import Image

from pipeline.data.sources.trees.file_tree import refuse_large
from pipeline.runtime.images.image_format import READ, open_image

IN_MEMORY = 2**23  # bytes; larger files on this machine are read in pieces
PIECE = 2**20


class PhotoFile:
    """A file to compute the digest of and to decode.

    Args:
        content: its absolute path on this machine, its bytes, or why these cannot be read.

    Attributes:
        unread: bytes of the file that are not in memory.

    Raises:
        OSError: it cannot be read.
    """

    def __init__(self, content: str | bytes | OSError) -> None:
        if isinstance(content, OSError):
            raise content
        self.unread = 0
        self._path = content if isinstance(content, str) else ""
        self._bytes = content if isinstance(content, bytes) else self._read()

    def digest(self) -> bytes:
        """Return the SHA-256 of its bytes."""
        if not self.unread:
            return hashlib.sha256(self._bytes).digest()
        with open(self._path, "rb") as file:  # noqa: PTH123 - Path takes twice as long
            return hashlib.file_digest(file, "sha256").digest()

    def open(self) -> Image.Image:
        """Open it with Pillow; see `open_image`."""
        return open_image(self._path if self.unread else io.BytesIO(self._bytes))

    def _read(self) -> bytes:
        file = os.open(self._path, READ)  # half the time that a file object takes
        try:
            size = os.fstat(file).st_size
            refuse_large(size)
            if size > IN_MEMORY:
                self.unread = size
                return b""
            pieces = [os.read(file, size + 1)]  # one more, to see the end
            while pieces[-1] and sum(map(len, pieces)) != size:
                pieces.append(os.read(file, PIECE))
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)
        finally:
            os.close(file)
