"""A file's bytes mapped into memory without keeping it open."""

import ctypes
import functools
import os
import weakref
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PROT_READ = MAP_SHARED = 1  # sys/mman.h, on Linux and macOS
FAILED = ctypes.c_void_p(-1).value


def map_file(file: Path) -> NDArray[np.uint8]:
    """Return the bytes of a file that is not empty, (n,), read-only.

    `numpy.memmap` keeps a file descriptor for each file, and a process may have no more than 256 (macOS) or 1,024
    (Linux). The file is unmapped when nothing refers to the array or to a view of it any more.

    Raises:
        OSError: it cannot be opened or mapped.
    """
    handle = os.open(file, os.O_RDONLY)
    try:
        size = os.fstat(handle).st_size
        address = _library().mmap(None, size, PROT_READ, MAP_SHARED, handle, 0)
        if address == FAILED:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(file))
    finally:
        os.close(handle)
    memory = (ctypes.c_uint8 * size).from_address(address)
    weakref.finalize(memory, _library().munmap, address, size).atexit = False
    mapped = np.frombuffer(memoryview(memory), np.uint8)
    mapped.flags.writeable = False
    return mapped


@functools.cache
def _library() -> Any:
    library = ctypes.CDLL(None, use_errno=True)
    library.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_int64]
    library.mmap.restype = ctypes.c_void_p
    library.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    return library
