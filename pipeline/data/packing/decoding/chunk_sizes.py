"""How many images are decoded at a time."""

from math import prod

from pipeline.runtime.images.preprocessing import Preprocessing

MOST_IMAGES, MOST_BYTES = 256, 2**21  # of a chunk, and of its pixels
CHUNK_SECONDS = 0.1  # of decoding, which a chunk should take
GROWTH = 8  # times as many images as were decoded before, at most
WORTH_WORKERS = 2.0  # seconds of decoding that make up for the start of other processes


class ChunkSizes:
    """Chooses the number of images from the time that the last ones took.

    Args:
        preprocessing: of the pixels; None: they are not needed.
    """

    def __init__(self, preprocessing: Preprocessing | None) -> None:
        fitting = MOST_BYTES // prod(preprocessing.shape) if preprocessing else MOST_IMAGES
        self._most = max(1, min(fitting, MOST_IMAGES))
        self._chunks = self._images = 0
        self._seconds = 0.0  # per image of the last chunk

    def note(self, images: int, seconds: float) -> None:
        """Note how long a chunk took; may be called from several threads."""
        self._seconds = seconds / images
        self._chunks += 1
        self._images += images

    def images(self) -> int:
        """Return the number of images for the next chunk."""
        in_time = CHUNK_SECONDS / self._seconds if self._seconds else self._most
        return max(1, min(self._most, int(in_time), GROWTH * self._images))

    def worth_workers(self, left: int) -> bool:
        """Return whether `left` images take long enough to start other processes; the first one also imports."""
        return self._chunks > 1 and self._seconds * left > WORTH_WORKERS
