"""Compressed archives, decompressed to files without a name, up to a limit."""

import bz2
import gzip
import lzma
import os
import tempfile
from typing import IO, Any

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.printable import printable

MOST_RATIO = 100  # photos shrink hardly at all, raw pixels tenfold
ALWAYS_ALLOWED = 2**30  # bytes
PIECE = 2**20
MAGIC = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")  # first bytes of gzip, bzip2, xz


def decompressed(file: IO[bytes], name: str) -> IO[bytes]:
    """Return a file of the decompressed bytes: `file` itself if it is not compressed with gzip, bzip2 or xz.

    Args:
        file: open for reading in binary.
        name: its path or address, for messages.

    Raises:
        PipelineError: it is damaged, or decompresses to more than 1 GiB and 100 times its size.
    """
    start = os.pread(file.fileno(), 8, 0)
    if not start.startswith(MAGIC):
        return file
    most = max(ALWAYS_ALLOWED, MOST_RATIO * os.fstat(file.fileno()).st_size)
    copy: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the archive's reader keeps it
    try:
        with file, _stream(file, start) as stream:
            while piece := stream.read(PIECE):
                copy.write(piece)
                if copy.tell() > most:
                    raise PipelineError(
                        f"{printable(name)} decompresses to more than {most // 2**30} GiB, {MOST_RATIO} times its "
                        f"size; if that is meant, unpack it yourself and set data.path to the folder"
                    )
    except (OSError, EOFError, ValueError, lzma.LZMAError) as error:
        raise PipelineError(
            f"{printable(name)} cannot be decompressed ({one_line(error, 100)}); fetch or make it again, or, if the "
            f"disk is full, set TMPDIR to a larger one"
        ) from None
    copy.seek(0)  # writes out what is buffered
    return copy


def _stream(file: IO[bytes], start: bytes) -> Any:
    if start.startswith(MAGIC[0]):
        return gzip.GzipFile(fileobj=file)
    return bz2.BZ2File(file) if start.startswith(MAGIC[1]) else lzma.LZMAFile(file)
