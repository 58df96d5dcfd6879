"""A lock that one process holds on a file, which says who holds it; the system releases it however the process ends."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipeline.base.locks.file_lock import lock, note_no_locks

LOOKS = 3  # tries to take a lock, since `is_held` holds it for an instant
PAUSE = 0.02  # seconds between them


def try_lock(path: Path) -> IO[str] | None:
    """Return the open, locked file at `path`, which holds the lock until it is closed; None if a process holds it.

    On a file system without locks the file holds nothing, and a line says so.

    Args:
        path: of the lock file; created, with its folder, if it is missing.
    """
    for look in range(LOOKS):
        if look:
            time.sleep(PAUSE)
        try:
            return _locked(path, blocking=False)
        except BlockingIOError:
            continue
    return None


@contextmanager
def process_lock(path: Path, waiting: Callable[[str], None]) -> Iterator[bool]:
    """Hold the lock on `path`; yield whether another process had to be waited for.

    On a file system without locks it holds nothing, and a line says so.

    Args:
        path: of the lock file.
        waiting: called once with the holder, such as `pid 123`, before waiting for it.
    """
    file, waited = try_lock(path), False
    if file is None:
        waiting(holder(path))
        file, waited = _locked(path, blocking=True), True  # Ctrl-C interrupts it
    with file:
        yield waited


def is_held(path: Path) -> bool:
    """Return whether a process holds the lock on `path`; False on a file system without locks."""
    try:
        with path.open(encoding="utf-8") as file:
            lock(file, blocking=False, shared=True)
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


def _locked(path: Path, *, blocking: bool) -> IO[str]:
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            file = path.open("a+", encoding="utf-8")
        except FileNotFoundError:  # the folder was removed in between
            continue
        try:
            has_locks = lock(file, blocking=blocking)
        except BaseException:
            file.close()
            raise
        if not has_locks:
            note_no_locks(path.parent)
            return file
        if _is_still_at(file, path):
            _sign(file)
            return file
        file.close()  # it was removed before we had the lock: a later process would not see it


def _is_still_at(file: IO[str], path: Path) -> bool:
    try:
        return os.fstat(file.fileno()).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False


def _sign(file: IO[str]) -> None:
    file.truncate(0)
    file.write(f"{os.getpid()} {socket.gethostname()}\n")
    file.flush()
