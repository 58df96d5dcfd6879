"""Digests of images that need no decoding, in a file that all processes share."""

import mmap
from bisect import bisect_left
from pathlib import Path

BYTES = 8  # of each digest, from its start


class KnownDigests:
    """A sorted file of the first 8 bytes of digests.

    Two digests may begin alike: whoever relies on it compares whole ones.

    Args:
        file: numbers of 8 bytes in ascending order, the highest byte first; None: nothing is known.
    """

    def __init__(self, file: Path | None) -> None:
        self._count = file.stat().st_size // BYTES if file else 0
        self._bytes = b"" if file is None or not self._count else _mapped(file)

    def __contains__(self, digest: bytes) -> bool:
        """Return whether a digest begins like one of the file's."""
        first = digest[:BYTES]
        at = bisect_left(range(self._count), first, key=self._at)
        return at < self._count and self._at(at) == first

    def _at(self, index: int) -> bytes:
        return self._bytes[index * BYTES : (index + 1) * BYTES]


def _mapped(file: Path) -> mmap.mmap:
    with file.open("rb") as opened:
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
