"""Temporary files in one folder of the process, so that the next command can remove what a killed one left."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "pipeline-tmp-"


@contextmanager
def temporary_folder() -> Iterator[None]:
    """Put what this process writes to temporary files in the block into one folder, which is removed afterwards.

    TensorFlow writes Python files there that it removes only at an orderly exit, MLflow copies of models. The folder is
    locked while its process lives, whatever happens to the process; folders without a lock are removed first.
    """
    before = tempfile.tempdir
    try:
        remove_abandoned_folders()
        folder, handle = _locked_folder()
    except OSError:  # a full disk, or none that can be written: whoever needs temporary files will say so
        yield
        return
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def remove_abandoned_folders() -> None:
    """Remove the temporary folders of processes that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # in use (locked), another user's, or removed meanwhile
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(handle)


def _locked_folder() -> tuple[Path, int]:
    """Create a folder and lock it; return it with the handle that holds the lock."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        with suppress(OSError):  # another process took it for an abandoned one before it was locked
            handle = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.utime(folder)  # fails if it was removed
            except OSError:
                os.close(handle)
                raise
            return folder, handle
