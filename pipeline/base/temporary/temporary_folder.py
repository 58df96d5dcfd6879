"""Temporary files in one folder of the process, so that the next command can remove what a killed one left."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

from pipeline.base.locks.file_lock import lock
from pipeline.base.processes.process_identity import machine

PREFIX = "ptmp-"  # short: addresses of sockets in it have 103 characters at most on macOS
TRIES = 5  # others may take a new folder for an abandoned one before it is locked


@contextmanager
def temporary_folder() -> Iterator[None]:
    """Put what this process writes to temporary files in the block into one folder, which is removed afterwards.

    If libraries have left folders in it, they are emptied, and removed at the exit of the process.

    TensorFlow writes Python files there that it removes only at an orderly exit, MLflow copies of models. A file in the
    folder is locked while its process lives, whatever happens to the process, and names the machine: locks of other
    machines are not always seen. This machine's folders without a lock are removed first.
    """
    before = tempfile.tempdir
    try:
        remove_abandoned_folders()
        made = _locked_folder()
    except OSError:  # a full disk, or none that can be written: whoever needs temporary files will say so
        made = None
    if made is None:
        yield
        return
    folder, file = made
    remove = partial(_remove, folder, file)
    atexit.register(remove)  # before libraries that are imported in the block: it runs after what they do at the exit
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        if not _empty(folder):
            remove()
            atexit.unregister(remove)


def remove_abandoned_folders() -> None:
    """Remove this machine's temporary folders of processes that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # in use (locked), another user's, or removed meanwhile
            folder.rmdir()  # killed before there was a file to lock
        with suppress(OSError), _open(folder, 0) as file:
            if lock(file, blocking=False):
                shutil.rmtree(folder, ignore_errors=True)


def _empty(folder: Path) -> list[Path]:
    """Empty a folder but for its lock and, empty, its folders, which are returned.

    Some libraries remove theirs at the exit, and print a traceback if it is not there.
    """
    listed = list(folder.iterdir()) if folder.exists() else []
    folders = [one for one in listed if one.is_dir() and not one.is_symlink()]
    for one in listed:
        with suppress(OSError):
            if one in folders:
                shutil.rmtree(one, ignore_errors=True)
                one.mkdir(exist_ok=True)
            elif one != _lock_file(folder):
                one.unlink(missing_ok=True)
    return folders


def _remove(folder: Path, file: IO[bytes]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    file.close()


def _locked_folder() -> tuple[Path, IO[bytes]] | None:
    """Create a folder and lock it; return it with the file that holds the lock, None if it cannot be locked."""
    for _ in range(TRIES):
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        try:
            file = _open(folder, os.O_CREAT)
        except FileNotFoundError:  # removed as abandoned, and so below
            continue
        try:
            locked = lock(file, blocking=False)
        except BlockingIOError:
            file.close()
            continue
        if locked and _lock_file(folder).exists():
            return folder, file
        file.close()
        if not locked:
            shutil.rmtree(folder, ignore_errors=True)
            return None
    return None


def _lock_file(folder: Path) -> Path:
    return folder / f".lock-{machine()}"


def _open(folder: Path, flags: int) -> IO[bytes]:
    return os.fdopen(os.open(_lock_file(folder), os.O_RDWR | os.O_NOFOLLOW | flags, 0o600), "r+b")
