"""Where decoded images are kept from one preparation to the next: `.prepared/` in the project's folder.

Each size, way of resizing and version of the decoders has a folder, and each preparation a work folder in that. A
preparation that ends removes the work folders before it. One that is killed leaves its own, from which the next takes
what is whole. A lock that its process holds tells a work folder in use from one that was left behind.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipeline.base.digests import json_digest
from pipeline.base.locks.file_lock import lock
from pipeline.base.locks.process_lock import process_lock
from pipeline.data.packing.decoder_digest import decoder_digest
from pipeline.data.packing.image_batch import MEASURES
from pipeline.data.packing.known_images import KnownImages
from pipeline.data.packing.work_folder import measures_size
from pipeline.runtime.images.preprocessing import Preprocessing

LOCK = "lock"
WORK = "work-"
SIZES = 2  # folders kept, the last used
ROOM = 3  # times what is kept must be free on the disk: DVC makes two more copies of it


@dataclass(frozen=True)
class Preparation:
    """One preparation that is under way.

    Attributes:
        folder: its work folder.
        known: images of earlier ones.
    """

    folder: Path
    known: KnownImages


class ImageStore:
    """Decoded images of earlier preparations.

    Args:
        folder: of the store; it is made when it is needed.
        preprocessing: the size and way of resizing.
        max_pixels: of an image that is taken.

    Attributes:
        kept: whether there was room to keep the images of the last preparation.
    """

    def __init__(self, folder: Path, preprocessing: Preprocessing, max_pixels: int) -> None:
        self.preprocessing, self.max_pixels, self.kept = preprocessing, max_pixels, True
        key = [decoder_digest(), MEASURES.descr, *preprocessing.shape, preprocessing.resize]
        self.top, self.folder = folder, folder / json_digest(key)

    @contextmanager
    def preparation(self) -> Iterator[Preparation]:
        """Begin a preparation; when the block succeeds, its work folder is the one that stays, if there is room."""
        with self._lock():
            self.folder.mkdir(parents=True, exist_ok=True)
            known = KnownImages(self._earlier(), self.preprocessing.shape, self.max_pixels)
            folder = Path(tempfile.mkdtemp(prefix=WORK, dir=self.folder))
            used = _lock(folder)
        try:
            yield Preparation(folder, known)
            os.utime(self.folder)
            with self._lock():
                self._remove_others(folder)
                self.kept = _has_room(folder)
                if not self.kept:
                    shutil.rmtree(folder, ignore_errors=True)
        finally:
            used.close()

    def _lock(self) -> AbstractContextManager[bool]:
        """Hold the lock on the store, which `make clean` may remove while we wait for it."""
        return process_lock(self.top / LOCK, lambda _: None)

    def _earlier(self) -> list[Path]:
        """Return the two fullest work folders that are not in use, and remove the others: of repeated interruptions."""
        free = [work for work in self.folder.glob(f"{WORK}*") if not _in_use(work)]
        fullest = sorted(free, key=measures_size)
        for work in fullest[:-2]:
            shutil.rmtree(work, ignore_errors=True)
        return fullest[-2:]

    def _remove_others(self, kept: Path) -> None:
        """Remove what is neither this preparation's nor in use, and sizes that were not used lately."""
        sizes = sorted({work.parent for work in self.top.glob(f"*/{WORK}*")}, key=lambda one: one.stat().st_mtime)
        for size in sizes:
            for work in size.glob(f"{WORK}*"):
                if work != kept and (size == self.folder or size in sizes[:-SIZES]) and not _in_use(work):
                    shutil.rmtree(work, ignore_errors=True)
            with suppress(OSError):
                size.rmdir()  # if it is empty


def _has_room(folder: Path) -> bool:
    size = sum(file.stat().st_size for file in folder.iterdir())
    return shutil.disk_usage(folder).free >= ROOM * size


def link_or_copy(files: Iterable[Path], folder: Path) -> None:
    """Give files a second name in `folder`, at no cost in space; copy them where that is not possible."""
    for file in files:
        try:
            os.link(file, folder / file.name)
        except OSError:
            shutil.copyfile(file, folder / file.name)


def _lock(folder: Path) -> IO[str]:
    file = (folder / LOCK).open("w")
    lock(file)
    return file


def _in_use(folder: Path) -> bool:
    try:
        with (folder / LOCK).open("w") as file:
            lock(file, blocking=False)
    except FileNotFoundError:
        return False
    except (BlockingIOError, PermissionError):  # by another process, or somebody else's
        return True
    return False
