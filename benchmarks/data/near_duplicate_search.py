"""Time, memory and recall of the search for near duplicates among many images.

    python -m benchmarks.data.near_duplicate_search --images 1000000
    python -m benchmarks.data.near_duplicate_search --photos cifar10.zip      thumbnails made of these photos

A thumbnail is a blend of two random crops of photos, so that few are near duplicates by chance. Among them are planted
copies, a known number of each kind. The search runs at a tenth of the images too, to show how its time grows. Memory is
what the process holds besides the thumbnails, which are a memory-mapped file.
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import numpy as np
import psutil

from benchmarks.data.planted_copies import KINDS, PlantedCopies, plant_copies
from benchmarks.data.synthetic_thumbnails import fractal_images, photos_of, write_blends
from pipeline.data.audit.similarity.near_duplicates import NearPairs, near_duplicates
from pipeline.data.audit.similarity.thumbnail import SIDE

TENTH = 10
PLANTED = 0.01  # share of the images that are planted copies
SOURCES = 20_000  # images that are blended, if no photos are given


@dataclass(frozen=True)
class Search:
    """A finished search: images, seconds, the greatest memory in MiB, and what was found."""

    images: int
    seconds: float
    memory: float
    pairs: NearPairs
    planted: PlantedCopies


def main() -> None:
    """Make the thumbnails, search them, print a table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.data.near_duplicate_search",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--photos", type=Path, help="a zip archive of JPEG files, all of 32×32 pixels")
    arguments = parser.parse_args()
    sources = photos_of(arguments.photos) if arguments.photos else fractal_images(min(SOURCES, arguments.images))
    searches = []
    with TemporaryDirectory() as folder:
        for images in (arguments.images // TENTH, arguments.images):
            path = Path(folder) / f"{images}.raw"
            write_blends(path, sources, images)
            searches.append(search(path, images))
    print("\n".join(table(searches)))


def search(path: Path, images: int) -> Search:
    """Plant copies among the thumbnails in a file, and search it."""
    shape = (images, SIDE, SIDE, 3)
    thumbnails = np.memmap(path, np.uint8, "r+", shape=shape)
    planted = plant_copies(thumbnails, max(int(images * PLANTED), len(KINDS)))
    thumbnails.flush()
    with PeakMemory() as memory:
        start = time.monotonic()
        pairs = near_duplicates(np.memmap(path, np.uint8, "r", shape=shape))
        seconds = time.monotonic() - start
    return Search(images, seconds, memory.peak, pairs, planted)


def table(searches: list[Search]) -> list[str]:
    """Return the lines of the table, and one on the growth."""
    lines = [f"| images | seconds | memory, MiB | pairs | {' | '.join(KINDS)} |", "|---:" * (4 + len(KINDS)) + "|"]
    for done in searches:
        found = done.planted.found(done.pairs)
        recall = " | ".join(f"{found[kind]:.1%}" for kind in KINDS)
        lines.append(
            f"| {done.images:,} | {done.seconds:.0f} | {done.memory:.0f} | {len(done.pairs.first):,} | {recall} |"
        )
    few, many = searches
    lines.append(f"\nTen times the images take {many.seconds / few.seconds:.1f} times as long.")
    return lines


class PeakMemory:
    """The greatest memory of this process during a `with` block, above that at its start.

    Attributes:
        peak: in MiB, without mapped files.
    """

    def __init__(self) -> None:
        self.peak = 0.0
        self._done = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._before = _private_memory()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self.peak = max(self.peak, _private_memory() - self._before)


def _private_memory() -> float:
    info = psutil.Process().memory_info()
    shared = getattr(info, "shared", 0)  # mapped files; not known on macOS
    return float(info.rss - shared) / 2**20


if __name__ == "__main__":
    main()
