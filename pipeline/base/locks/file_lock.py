"""The system's lock on an open file, which ends with the process; and what is said of file systems without locks."""

import errno
import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

# What file systems without locks answer, or those that lock only some files.
NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EBADF, errno.EINVAL}
_noted: set[Path] = set()


def lock(file: IO[Any], *, blocking: bool = True, shared: bool = False) -> bool:
    """Lock an open file until it is closed; return False on a file system without locks.

    Args:
        file: open for writing, which some network file systems want.
        blocking: wait until no other process has the lock.
        shared: let others have it as well, if theirs is shared too.

    Raises:
        BlockingIOError: another process has the lock, and `blocking` is False.
    """
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(file, kind if blocking else kind | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
        return False
    return True


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold the lock on `path`, a file that stays; the system releases it when the process ends, however it ends."""
    with path.open("a+") as file:
        if not lock(file):
            note_no_locks(path.parent)
        yield


def note_no_locks(folder: Path) -> None:
    """Print, once for each folder, that its file system has no locks."""
    if folder not in _noted:
        _noted.add(folder)
        print(f"note: the file system of {folder} has no locks; use one command at a time there", file=sys.stderr)
