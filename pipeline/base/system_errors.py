"""Errors of the operating system that a user can mend, in one sentence: a full disk, a read-only folder."""

import errno
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from pipeline.base.temporary.leftovers import PARTIAL

FULL = (errno.ENOSPC, errno.EDQUOT)
NOT_WRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM)
WRONG_KIND = (errno.EISDIR, errno.ENOTDIR, errno.EEXIST)
OTHERS = (errno.EFBIG, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ESTALE, errno.ENAMETOOLONG)
# What libraries make of a full disk: HDF5, OpenVINO, SQLite; and NumPy, which writes less than it should.
FULL_TEXT = re.compile(r"No space left on device|disk is full|Disk quota exceeded|\d+ requested and \d+ written")
AGAIN = "then run the same command again"


def system_error(error: BaseException) -> str | None:
    """Return a sentence for an error of the operating system that is no fault of the program, None for any other."""
    number = error.errno if isinstance(error, OSError) else None
    if number in FULL or FULL_TEXT.search(str(error)):
        return f"{_place(error)}: no space is left on the disk; free some, {AGAIN}"
    if not isinstance(error, OSError) or number is None:
        return None
    reason = error.strerror or errno.errorcode[number]
    if number in NOT_WRITABLE and error.filename is not None:
        return f"{_place(error)}: {reason}; make it readable and writable, {AGAIN}"
    if number in WRONG_KIND and error.filename is not None:
        return f"{_place(error)}: {reason}; remove or rename what is there, {AGAIN}"
    return f"{_place(error)}: {reason}" if number in OTHERS else None


def output_error() -> OSError | None:
    """Return the error with which standard output cannot take what was printed; None if it can."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        return error
    return None


def _place(error: BaseException) -> str:
    """Return the file that an error names; else, of the two folders that a command writes to, the fuller one.

    Of a file under construction, nobody knows the name: its folder is the place.
    """
    named = error.filename2 or error.filename if isinstance(error, OSError) else None
    if named is not None and not isinstance(named, int):
        place = Path(os.fsdecode(named))
        return str(place.parent if place.name.startswith(PARTIAL) else place).encode(errors="replace").decode()
    return min((str(Path.cwd()), tempfile.gettempdir()), key=lambda folder: shutil.disk_usage(folder).free)
