"""Image files under a folder."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.data.litter import is_litter

# Those that Pillow knows, of formats that it decodes by itself, and those of HEIC.
_NAMES = """
apng avif avifs blp bmp bw cur dcx dds dib fit fits flc fli ftc ftu gbr gif heic heif hif icb icns ico iim im j2c j2k
jfif jp2 jpc jpe jpeg jpf jpg jpx mpo msp pbm pcd pcx pfm pgm png pnm ppm psd pxr qoi ras rgb rgba sgi tga tif tiff vda
vst webp xbm xpm
"""
SUFFIXES = frozenset(f".{name}" for name in _NAMES.split())


def image_files(folder: Path, unreadable: Callable[[OSError], object] | None = None) -> Iterator[Path]:
    """Yield the files under `folder` whose suffix is an image format's, and those without a suffix.

    Hidden files and folders, and those that operating systems leave behind, are skipped.

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
        folders[:] = sorted(name for name in folders if not is_litter(name))
        for name in sorted(files):
            if not is_litter(name) and Path(name).suffix.lower() in SUFFIXES | {""}:
                yield Path(parent, name)


def _refuse(error: OSError) -> None:
    raise PipelineError(f"the folder {error.filename} cannot be read ({error.strerror}); allow it, or move it away")
