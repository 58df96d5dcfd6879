"""Which files the arguments of a command name."""

import glob
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.base.printable import encodable
from pipeline.data.image_files import image_files

STDIN = "-"


@dataclass(frozen=True)
class ListedFile:
    """A file to classify.

    Attributes:
        path: as it was named, or below the folder that was named.
        label: the sub-folder of the named folder that holds it, or the folder that holds a file named itself.
    """

    path: Path
    label: str


def listed_files(arguments: Iterable[str]) -> list[ListedFile]:
    """Return the files that `arguments` name, in their order.

    Args:
        arguments: files, folders (image files at any depth), patterns with `*`, `?`, `[…]` or `**`, or `-` for a list
            on standard input, one path a line.
    """
    return [file for argument in arguments for name in _names(argument) for file in _files(name)]


def _names(argument: str) -> list[str]:
    if argument == STDIN:
        return [line for line in sys.stdin.read().split("\n") if line]
    if glob.has_magic(argument) and not Path(argument).exists():
        return sorted(glob.glob(argument, recursive=True)) or [argument]  # noqa: PTH207 - Path.glob takes no absolute pattern
    return [argument]


def _files(name: str) -> Iterator[ListedFile]:
    path = Path(name)
    if not path.is_dir():
        yield ListedFile(path, encodable(path.absolute().parent.name))
        return
    labels: dict[Path, str] = {}  # by folder that holds files
    for file in image_files(path):
        parent = file.parent
        if parent not in labels:
            labels[parent] = encodable(next(iter(parent.relative_to(path).parts), path.absolute().name))
        yield ListedFile(file, labels[parent])
