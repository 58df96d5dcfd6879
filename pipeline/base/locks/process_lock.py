"""A lock that one process holds on a file, which names its holder; the system releases it however the process ends."""

import errno
import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

UNSUPPORTED = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}  # file systems without locks


def try_lock(path: Path) -> IO[str] | None:
    """Return the open, locked file at `path`, which holds the lock until it is closed; None if a process holds it.

    Args:
        path: of the lock file; created, with its folder, if it is missing.

    Raises:
        OSError: the file system has no locks.
    """
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        except OSError:
            file.close()
            raise
        if _is_still_at(file, path):
            _sign(file)
            return file
        file.close()  # it was removed before we had the lock: a later process would not see it


@contextmanager
def process_lock(path: Path, waiting: Callable[[str], None]) -> Iterator[bool]:
    """Hold the lock on `path`; yield whether another process had to be waited for.

    On a file system without locks it holds nothing, and says so in one line.

    Args:
        path: of the lock file.
        waiting: called once with the holder, such as `pid 123`, before waiting for it.
    """
    try:
        file, waited = try_lock(path), False
        if file is None:
            waiting(holder(path))
            file, waited = _wait(path), True
    except OSError as error:
        if error.errno not in UNSUPPORTED:
            raise
        print(f"note: the file system of {path.parent} has no locks: start nothing else there with the same settings")
        yield False
        return
    with file:
        yield waited


def is_held(path: Path) -> bool:
    """Return whether a process holds the lock on `path`; False on a file system without locks."""
    try:
        with path.open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # also: there is no such file
        return False
    return False


def holder(path: Path) -> str:
    """Return which process holds the lock on `path`, such as `pid 123` or `pid 123 on HOST`."""
    try:
        pid, _, host = path.read_text(encoding="utf-8").strip().partition(" ")
    except (OSError, UnicodeDecodeError):
        pid, host = "", ""
    if not pid.isdecimal():
        return "pid unknown"
    return f"pid {pid}" if host == socket.gethostname() else f"pid {pid} on {host}"


def _wait(path: Path) -> IO[str]:
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
        fcntl.flock(file, fcntl.LOCK_EX)  # Ctrl-C interrupts it
        if _is_still_at(file, path):
            _sign(file)
            return file
        file.close()


def _is_still_at(file: IO[str], path: Path) -> bool:
    try:
        return os.fstat(file.fileno()).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False


def _sign(file: IO[str]) -> None:
    file.truncate(0)
    file.write(f"{os.getpid()} {socket.gethostname()}\n")
    file.flush()
