"""Files of arrays that survive a loss of power, and are read only if they are what was written."""

import errno
import fcntl
import hashlib
import io
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.base.digests import file_digest
from pipeline.base.errors import PipelineError
from pipeline.base.files import atomic_file
from pipeline.training.checkpoints.checkpoint import DamagedCheckpointError

NO_SYNC = (errno.EINVAL, errno.EBADF, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)  # of folders, on some file systems


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> str:
    """Write `arrays` to `path` (.npz): aside, to the disk, renamed, and read back; return the file's SHA-256.

    Raises:
        PipelineError: what is read back is not what was written.
    """
    with atomic_file(path) as partial:
        with partial.open("wb") as file:
            digesting = _DigestingWriter(file)
            np.savez(digesting, allow_pickle=False, **arrays)
            _bring_to_disk(file)
        digest = digesting.digest.hexdigest()
        if file_digest(partial) != digest:
            raise PipelineError(f"{path} could not be written: the disk returns other bytes; check it")
    return digest


def check_file(path: Path, digest: str | None) -> None:
    """Check that a file is the one that was written.

    Args:
        path: of the file.
        digest: its SHA-256 when it was written.

    Raises:
        DamagedCheckpointError: it is not; the message begins with its name.
    """
    try:
        found = file_digest(path)
    except FileNotFoundError:
        raise DamagedCheckpointError(f"{path.name} is missing") from None
    except OSError as error:
        raise DamagedCheckpointError(f"{path.name} cannot be read ({error.strerror})") from None
    if found != digest:
        raise DamagedCheckpointError(f"{path.name} is damaged (its SHA-256 differs)")


def read_arrays(path: Path, digest: str | None) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file, by name.

    Args:
        path: of the file.
        digest: its SHA-256 when it was written.

    Raises:
        DamagedCheckpointError: it is not the file that was written.
    """
    check_file(path, digest)
    with np.load(path) as saved:
        return {name: saved[name] for name in saved.files}


def write_durably(path: Path, text: str) -> None:
    """Write `text` (UTF-8) to `path`, whole or not at all, also if the power fails."""
    with atomic_file(path) as partial, partial.open("w", encoding="utf-8") as file:
        file.write(text)
        _bring_to_disk(file)
    handle = os.open(path.parent, os.O_RDONLY)  # brings the new names to the disk
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in NO_SYNC:
            raise
    finally:
        os.close(handle)


def _bring_to_disk(file: IO[Any]) -> None:
    file.flush()
    if sys.platform == "darwin":  # whose fsync leaves the data in the disk's memory
        with suppress(OSError):  # a file system that cannot do more
            fcntl.fcntl(file, fcntl.F_FULLFSYNC)
            return
    os.fsync(file.fileno())


class _DigestingWriter(io.RawIOBase):
    """A stream that computes the SHA-256 of what it passes on."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self.file, self.digest = file, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.digest.update(data)
        return self.file.write(data)
