"""What is at a path: a file, or something that only looks like one in a list."""

import errno
import os
import stat
from pathlib import Path


def not_a_file_reason(path: Path | str) -> str:
    """Return why nothing can be read from `path`, in a few words; empty for a file and for a link to one.

    Nothing is opened: to open a named pipe would wait for ever.
    """
    try:
        return special_kind(os.stat(path).st_mode)  # noqa: PTH116
    except FileNotFoundError:
        return "a link to nothing"
    except OSError as error:
        return "a link to itself" if error.errno == errno.ELOOP else str(error.strerror)


def special_kind(mode: int) -> str:
    """Return what a file of `mode` (as in `os.stat`) is, if it is no regular file; else an empty string."""
    if stat.S_ISREG(mode):
        return ""
    kinds = (
        (stat.S_ISDIR, "a folder"), (stat.S_ISLNK, "a link"), (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"), (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
    )  # fmt: skip
    return next((name for test, name in kinds if test(mode)), "not a regular file")


def is_folder(entry: "os.DirEntry[str]") -> bool:
    """Return whether `entry` is a folder or a link to one; a link to itself is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False
