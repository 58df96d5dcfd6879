"""The files of a folder or an archive, wherever it is."""

import posixpath
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.data.litter import is_litter
from pipeline.data.sources.natural_order import natural_key

MOST_BYTES = 2**30  # of one file; a larger one is no photo, and is read into memory whole


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file, or something else that is where a file could be.

    Attributes:
        path: relative to its tree, with `/`.
        read: returns its bytes; raises OSError if they cannot be read. It may be called from several threads.
        problem: why it is not read at all; else empty.
        verdict: the finding that the problem belongs to.
    """

    path: str
    read: Callable[[], bytes]
    problem: str = ""
    verdict: str = "not_a_file"


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

    def read() -> bytes:
        raise OSError(problem)

    return TreeFile(path, read, problem, verdict)


def refuse_large(size: int) -> None:
    """Raise OSError if a file of `size` bytes is too large to be read into memory."""
    if size > MOST_BYTES:
        raise OSError(f"larger than {MOST_BYTES // 2**30} GiB")
