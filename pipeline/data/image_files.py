"""Image files under a folder."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.base.errors import PipelineError

SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"}


def image_files(folder: Path, unreadable: Callable[[OSError], object] | None = None) -> Iterator[Path]:
    """Yield the image files under `folder`; hidden ones and other suffixes are skipped.

    A folder's own files come before those of its sub-folders, each in the order of their names. Links to folders are
    followed, but not back into a folder that was visited.

    Args:
        folder: where to look.
        unreadable: is called for a sub-folder that cannot be read; without it, that is an error.

    Raises:
        PipelineError: a sub-folder cannot be read.
    """
    seen: set[str] = set()
    for parent, folders, files in os.walk(folder, followlinks=True, onerror=unreadable or _refuse):
        real = os.path.realpath(parent)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                yield Path(parent, name)


def _refuse(error: OSError) -> None:
    raise PipelineError(f"the folder {error.filename} cannot be read ({error.strerror}); allow it, or move it away")
