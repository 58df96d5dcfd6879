"""Decoding in another process, which may hang or crash."""

import multiprocessing
import os
import resource
import time
import warnings
from dataclasses import dataclass
from io import BytesIO
from multiprocessing.connection import Connection

from benchmarks.data.damaged_files import damaged_file
from pipeline.base.errors import one_line
from pipeline.runtime.images.decode import open_upright
from pipeline.runtime.images.image_format import open_image
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.images.resizing import resized
from pipeline.runtime.images.unreadable_error import UnreadableError

PREPROCESSING = Preprocessing(32, 32, 3, "stretch")
FAILURES = ("exception", "crash", "hang")


@dataclass(frozen=True)
class Decoding:
    """What became of a damaged file.

    Attributes:
        number: of the file.
        kind: of the whole file.
        damage: what was done to it.
        verdict: `ok`, one of decoding's, or one of FAILURES.
        reason: in words.
        seconds: that it took.
        megabytes: peak memory of the process so far.
    """

    number: int
    kind: str
    damage: str
    verdict: str
    reason: str
    seconds: float
    megabytes: int


class WatchedDecoder:
    """A process that decodes damaged files, and is replaced where it hangs or crashes.

    Args:
        seed: of the files.
        max_pixels: of an image that is decoded.
        limit: in seconds for each file.
    """

    def __init__(self, seed: int, max_pixels: int, limit: float) -> None:
        self.seed, self.max_pixels, self.limit = seed, max_pixels, limit
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, self.seed, self.max_pixels), daemon=True)
        self._process.start()
        there.close()

    def decode(self, number: int) -> Decoding:
        """Return what became of the file of this number."""
        start = time.monotonic()
        self._here.send(number)
        try:
            if self._here.poll(self.limit):
                answer: Decoding = self._here.recv()
                return answer
            failure, reason = "hang", f"more than {self.limit:g} s"
        except EOFError:
            self._process.join()
            failure, reason = "crash", f"the process ended with {self._process.exitcode}"
        self.close()
        self._start()
        file = damaged_file(self.seed, number)
        return Decoding(number, file.kind, file.damage, failure, reason, time.monotonic() - start, 0)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._here.close()


def _serve(pipe: Connection, seed: int, max_pixels: int) -> None:
    warnings.simplefilter("ignore")  # Pillow's, of damaged metadata
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libtiff's
    while True:
        pipe.send(_decoding(seed, pipe.recv(), max_pixels))


def _decoding(seed: int, number: int, max_pixels: int) -> Decoding:
    file = damaged_file(seed, number)
    start, verdict, reason = time.monotonic(), "ok", ""
    try:
        pixels = resized(open_upright(lambda: open_image(BytesIO(file.content)), max_pixels).image, PREPROCESSING)
        assert pixels.shape == PREPROCESSING.shape
    except UnreadableError as error:
        verdict, reason = error.verdict, str(error)
    except BaseException as error:  # what the program looks for
        verdict, reason = "exception", f"{type(error).__name__}: {one_line(error)}"
    seconds = time.monotonic() - start
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Decoding(number, file.kind, file.damage, verdict, reason, seconds, megabytes)
