"""The files in a zip archive, read in place."""

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.printable import printable
from pipeline.data.sources.trees.file_kinds import special_kind
from pipeline.data.sources.trees.file_tree import FileTree, TreeFile, file_tree, problem_file, refuse_large
from pipeline.data.sources.trees.member_names import member_path, without_replaced

PIECE = 2**20  # bytes decompressed at a time
ENCRYPTED = 0x1  # bit of a member's flags


def zip_tree(file: Path | IO[bytes], name: str) -> FileTree:
    """List a zip archive. It stays open, and nothing is unpacked onto the disk.

    Args:
        file: the archive.
        name: its path or address.

    Raises:
        PipelineError: it is no zip archive, or its list of files is damaged.
    """
    try:
        archive = zipfile.ZipFile(file)
    except Exception as error:  # zipfile raises struct.error, UnicodeDecodeError, … for damaged archives
        raise PipelineError(
            f"{printable(name)} is not a complete zip archive ({one_line(error, 100)}); fetch or make it again"
        ) from None
    folders = [path for info in archive.infolist() if info.is_dir() and (path := member_path(info.filename))]
    return file_tree(name, without_replaced(_files(archive)), folders)


class _ZipReader:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive, self.waits = archive, False

    def size(self, key: zipfile.ZipInfo) -> int:
        """Return a member's size in bytes."""
        return key.file_size

    def read(self, path: str, key: zipfile.ZipInfo) -> bytes:
        """Return a member's bytes; see TreeReader."""
        return _read(self.archive, key)


def _files(archive: zipfile.ZipFile) -> Iterator[TreeFile]:
    reader = _ZipReader(archive)
    for info in archive.infolist():
        path = member_path(info.filename)
        kind = special_kind(mode) if (mode := info.external_attr >> 16) and stat.S_IFMT(mode) else ""
        if info.is_dir():
            continue
        if path is None:
            yield problem_file(info.filename.replace("\\", "/"), "its name leads out of the archive", "unreadable")
        elif kind:
            yield problem_file(path, f"{kind} in an archive")
        else:
            yield TreeFile(path, reader, info)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return a member's bytes; never more are decompressed than the archive declares, and a piece."""
    refuse_large(info.file_size)
    if info.flag_bits & ENCRYPTED:
        raise OSError("encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others decompress all at once
        raise OSError(f"compressed by method {info.compress_type}; only deflate is read")
    try:
        with archive.open(info) as member:
            pieces, left = [], info.file_size
            while left and (piece := member.read(min(left, PIECE))):
                pieces.append(piece)
                left -= len(piece)
            member.read(1)  # at the end, the checksum is verified
            return b"".join(pieces)
    except Exception as error:  # of zlib, bz2 and lzma too
        raise OSError(f"damaged in the archive ({one_line(error, 100)})") from None
