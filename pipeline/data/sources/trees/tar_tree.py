"""The files in a tar archive, read in place."""

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.printable import printable
from pipeline.data.sources.trees.decompressed import decompressed
from pipeline.data.sources.trees.file_tree import FileTree, TreeFile, file_tree, problem_file, refuse_large
from pipeline.data.sources.trees.member_names import member_path, without_replaced

BLOCK = 512  # bytes


def tar_tree(file: Path | IO[bytes], name: str) -> FileTree:
    """List a tar archive. It stays open; a compressed one is decompressed to a temporary file without a name.

    Args:
        file: the archive.
        name: its path or address.

    Raises:
        PipelineError: it is no tar archive, or damaged, or decompresses to more than `decompressed` allows.
    """
    handle = decompressed(file.open("rb") if isinstance(file, Path) else file, name)
    try:
        with tarfile.open(fileobj=handle, mode="r:") as archive:
            members = list(archive)
            damaged = os.pread(handle.fileno(), BLOCK, archive.offset).strip(b"\0")
    except Exception as error:  # tarfile raises ValueError, UnicodeDecodeError, … for damaged archives
        raise _damaged(name, one_line(error, 100)) from None
    if damaged:  # where tarfile stops without a word
        raise _damaged(name, f"no header at byte {archive.offset}")
    folders = [path for member in members if member.isdir() and (path := member_path(member.name))]
    return file_tree(name, without_replaced(_files(handle, members)), folders)


def _damaged(name: str, why: str) -> PipelineError:
    return PipelineError(f"{printable(name)} is not a complete tar archive ({why}); fetch or make it again")


class _TarReader:
    def __init__(self, handle: IO[bytes]) -> None:
        self.handle, self.waits = handle, False

    def size(self, key: tuple[int, int]) -> int:
        """Return a member's size in bytes."""
        return key[1]

    def read(self, path: str, key: tuple[int, int]) -> bytes:
        """Return a member's bytes, from its start and its size; see TreeReader."""
        return _read(self.handle, *key)


def _files(handle: IO[bytes], members: list[tarfile.TarInfo]) -> Iterator[TreeFile]:
    reader = _TarReader(handle)
    regular: dict[str, tarfile.TarInfo] = {}
    for member in members:
        path = member_path(member.name)
        held = regular.get(member.linkname, member) if member.islnk() else member  # a hard link is as good as a file
        if member.isdir():
            continue
        if path is None:
            yield problem_file(member.name, "its name leads out of the archive", "unreadable")
        elif problem := _problem(held):
            yield problem_file(path, problem)
        else:
            regular[member.name] = held
            yield TreeFile(path, reader, (held.offset_data, held.size))


def _problem(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return "a link in an archive"
    if member.issparse():
        return "a sparse file in an archive"
    return "" if member.isreg() else "a special file in an archive"


def _read(handle: IO[bytes], start: int, size: int) -> bytes:
    """Return a member's bytes; `os.pread` has no position that threads could share."""
    refuse_large(size)
    parts = []
    while size and (part := os.pread(handle.fileno(), size, start)):
        parts.append(part)
        start, size = start + len(part), size - len(part)
    return b"".join(parts)
