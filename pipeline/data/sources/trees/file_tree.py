"""The files of a folder or an archive, wherever it is."""

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.data.litter import is_litter
from pipeline.data.sources.natural_order import natural_key

MOST_BYTES = 2**30  # of one file; a larger one is no photo, and is read into memory whole


class TreeReader(Protocol):
    """Reads the files of one tree: one object for all of them, for there may be millions.

    Attributes:
        waits: reading takes time without work, so that many files should be read at the same time.
    """

    waits: bool

    def size(self, key: Any) -> int:
        """Return how many bytes a file has, or 0 if that is not known."""
        ...

    def read(self, path: str, key: Any) -> bytes:
        """Return a file's bytes; may be called from several threads.

        Args:
            path: relative to the tree.
            key: what else the tree needs to find it.

        Raises:
            OSError: it cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file, or something else that is where a file could be.

    Attributes:
        path: relative to its tree, with `/`.
        reader: of its tree; None with a problem.
        key: for the reader.
        problem: why it is not read at all; else empty.
        verdict: the finding that the problem belongs to.
    """

    path: str
    reader: TreeReader | None
    key: Any = None
    problem: str = ""
    verdict: str = "not_a_file"

    @property
    def size(self) -> int:
        """How many bytes it has, or 0 if that is not known."""
        return self.reader.size(self.key) if self.reader else 0

    def read(self) -> bytes:
        """Return its bytes; may be called from several threads.

        Raises:
            OSError: it cannot be read.
        """
        if self.reader is None:
            raise OSError(self.problem)
        return self.reader.read(self.path, self.key)


@dataclass(frozen=True)
class FileTree:
    """A folder or an archive. Hidden files and litter of operating systems are not part of it.

    Attributes:
        name: absolute path, or address.
        files: in natural order of their paths, each path once, except those of files with a problem.
        folders: paths of all folders, in natural order.
        linked: links to folders elsewhere that were followed.
    """

    name: str
    files: tuple[TreeFile, ...]
    folders: tuple[str, ...]
    linked: tuple[str, ...] = ()


def file_tree(name: str, files: Iterable[TreeFile], folders: Iterable[str], linked: Iterable[str] = ()) -> FileTree:
    """Return a tree of what was listed, in any order, without what is hidden or litter.

    Args:
        name: absolute path, or address.
        files: each with a relative path without empty parts, `.` and `..`.
        folders: paths of empty folders at least; those that hold files are added.
        linked: links to folders elsewhere that were followed.
    """
    visible = sorted((file for file in files if is_visible(file.path)), key=lambda file: natural_key(file.path))
    every: set[str] = set()
    inside = {posixpath.dirname(file.path) for file in visible if ".." not in file.path.split("/")}
    for start in inside | {one for one in folders if is_visible(one)}:
        folder = start
        while folder and folder not in every:
            every.add(folder)
            folder = posixpath.dirname(folder)
    return FileTree(name, tuple(visible), tuple(sorted(every, key=natural_key)), tuple(linked))


def is_visible(path: str) -> bool:
    """Return whether no part of the path is hidden, or litter of an operating system; `..` is neither."""
    return not any(is_litter(part) for part in path.split("/") if part != "..")


def problem_file(path: str, problem: str, verdict: str = "not_a_file") -> TreeFile:
    """Return what stands for something that is not read."""
    return TreeFile(path, None, None, problem, verdict)


def refuse_large(size: int) -> None:
    """Raise OSError if a file of `size` bytes is too large to be read into memory."""
    if size > MOST_BYTES:
        raise OSError(f"larger than {MOST_BYTES // 2**30} GiB")
