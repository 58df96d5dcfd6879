"""Two paths exchanged in one step of the operating system."""

import ctypes
import os
import sys
import tempfile
from pathlib import Path

from pipeline.base.temporary.leftovers import ASIDE, partial_prefix, under_construction

AT_FDCWD = -100  # relative paths are relative to the working directory (fcntl.h)
RENAME_EXCHANGE = 2  # renameat2's flag (linux/fs.h), and macOS's RENAME_SWAP (sys/stdio.h)


def exchange(one: Path, other: Path) -> None:
    """Exchange what the two existing paths name, at no instant without either.

    File systems that cannot do it (some network ones) get two renames instead, and a moment without `other`: a process
    killed then leaves it aside, from where `remove_leftovers` puts it back.
    """
    if not _exchanged(os.fsencode(one), os.fsencode(other)):
        aside = Path(tempfile.mkdtemp(prefix=partial_prefix(), suffix=ASIDE, dir=other.parent))
        under_construction.add(aside)
        try:
            other.replace(aside / other.name)
            one.replace(other)
            (aside / other.name).replace(one)
            aside.rmdir()
        finally:
            under_construction.discard(aside)


def _exchanged(one: bytes, other: bytes) -> bool:
    library = ctypes.CDLL(None)
    if sys.platform == "darwin":
        return library.renamex_np(one, other, RENAME_EXCHANGE) == 0  # type: ignore[no-any-return]
    try:
        return library.renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) == 0  # type: ignore[no-any-return]
    except AttributeError:  # a C library older than 2018's
        return False
