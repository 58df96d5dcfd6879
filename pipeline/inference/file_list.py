"""Which files the arguments of a command name."""

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.base.printable import encodable, printable
from pipeline.data.image_files import image_files

STDIN = "-"


@dataclass(frozen=True)
class ListedFile:
    """A file to classify, or a folder that cannot be read.

    Attributes:
        path: as it was named, or below the folder that was named.
        label: the sub-folder of the named folder that holds it, or the folder that holds a file named itself.
    """

    path: Path
    label: str


def listed_files(arguments: Iterable[str]) -> list[ListedFile]:
    """Return the files that `arguments` name, in their order; those of one argument once.

    Args:
        arguments: files, folders (image files at any depth), patterns with `*`, `?`, `[…]` or `**`, or `-` for a list
            on standard input, one path a line, or separated by NUL characters.

    Raises:
        PipelineError: an empty argument or list, a folder without images, a pattern that matches nothing.
    """
    return [file for argument in arguments for file in _listed(argument)]


def _listed(argument: str) -> list[ListedFile]:
    files = {file.path: file for name in _names(argument) for file in _files(name)}
    if not files:
        raise PipelineError(f"there are no image files in {printable(argument)}")
    return list(files.values())


def _names(argument: str) -> list[str]:
    if not argument:
        raise PipelineError("an argument is empty; name a file, a folder or a pattern")
    if argument == STDIN:
        return _standard_input()
    if glob.has_magic(argument) and not os.path.lexists(argument):
        names = sorted(glob.glob(argument, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
        if not names:
            raise PipelineError(f"no file matches {printable(argument)}")
        return names
    return [argument]


def _standard_input() -> list[str]:
    if sys.stdin is None:
        raise PipelineError("standard input is closed; pipe a list of paths into the command")
    text = os.fsdecode(sys.stdin.buffer.read())
    lines = text.split("\0") if "\0" in text else [line.removesuffix("\r") for line in text.split("\n")]
    names = [line for line in lines if line]
    if not names:
        raise PipelineError("standard input lists no files; it takes one path a line")
    return names


def _files(name: str) -> Iterator[ListedFile]:
    path = Path(name)
    if not os.path.isdir(name):  # noqa: PTH112 - Path.is_dir raises where a folder above cannot be read
        yield ListedFile(path, encodable(path.absolute().parent.name))
        return
    labels: dict[Path, str] = {}  # by folder that holds files
    unreadable: list[Path] = []
    for file in image_files(path, lambda error: unreadable.append(Path(error.filename))):
        parent = file.parent
        if parent not in labels:
            labels[parent] = encodable(next(iter(parent.relative_to(path).parts), path.absolute().name))
        yield ListedFile(file, labels[parent])
    for folder in unreadable:
        yield ListedFile(folder, encodable(folder.absolute().name))
