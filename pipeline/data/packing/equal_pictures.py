"""Which images are the same picture, in whatever files."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 8  # levels of 0 to 255 by which a thumbnail changes, at most, if a JPEG decoder leaves out pixels
BLOCK = 4096  # thumbnails at a time


def picture_numbers(measures: NDArray[np.void], whole: Callable[[int], bytes | None]) -> NDArray[np.int64]:
    """Return a number for each image, int64 (n,); equal pictures have equal numbers, and others have not.

    A JPEG of which only a reduced picture was decoded may be the same picture as another file, decoded whole. Where
    original size and thumbnail say that it could be, it is decoded whole.

    Args:
        measures: MEASURES (n,).
        whole: decodes the image in a row whole, and returns its picture digest; None if it cannot.
    """
    pictures = np.ascontiguousarray(measures["picture"][:, :8]).view("<u8")[:, 0]
    for row, others in _candidates(measures):
        digest = whole(row)
        if digest is not None and (same := others[(measures["picture"][others] == list(digest)).all(axis=1)]).size:
            # All that were reduced in the same way have the same reduced picture.
            pictures[pictures == pictures[row]] = pictures[same[0]]
    return np.unique(pictures, return_inverse=True)[1].astype(np.int64)


def _candidates(measures: NDArray[np.void]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield the rows of reduced pictures, each picture once, with the rows of whole ones that look the same."""
    reduced = np.flatnonzero(measures["reduced"])
    whole = np.flatnonzero(~measures["reduced"])
    sizes = measures["width"].astype(np.int64) << 32 | measures["height"]
    reduced = reduced[np.isin(sizes[reduced], sizes[whole])]
    whole = whole[np.isin(sizes[whole], sizes[reduced])]
    if not len(reduced):
        return
    _, first = np.unique(measures["picture"][reduced][:, :8].copy().view("<u8")[:, 0], return_index=True)
    colors = _colors(measures, whole)
    for row in reduced[np.sort(first)]:
        color = _colors(measures, np.array([row]))[0]
        near = whole[(sizes[whole] == sizes[row]) & (np.abs(colors - color) <= TOLERANCE).all(axis=1)]
        difference = np.abs(measures["thumbnail"][near].astype(np.int16) - measures["thumbnail"][row])
        if (same := near[difference.reshape(len(near), -1).max(axis=1, initial=0) <= TOLERANCE]).size:
            yield int(row), same


def _colors(measures: NDArray[np.void], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the mean color of each thumbnail, float32 (n, 3)."""
    colors = np.empty((len(rows), 3), np.float32)
    for start in range(0, len(rows), BLOCK):
        block = slice(start, start + BLOCK)
        colors[block] = measures["thumbnail"][rows[block]].mean(axis=(1, 2))
    return colors
