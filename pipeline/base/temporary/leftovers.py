"""Files and folders under construction, and the removal of those whose process was killed."""

import os
import re
import shutil
from pathlib import Path

import psutil

PARTIAL = ".partial-"  # what their names begin with; the process's number follows
_NAME = re.compile(re.escape(PARTIAL) + r"(\d+)-[a-z0-9_]{8}(\..*)?")
_COPY = re.compile(r"\.[\w-]{22}\.tmp")  # DVC's name for it
under_construction: set[Path] = set()  # by this process
_searched: set[Path] = set()  # folders in which this process has looked for leftovers


def remove_leftovers(folder: Path) -> None:
    """Remove files and folders under construction in `folder` whose process was killed."""
    for partial in find_leftovers(folder):
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        else:
            partial.unlink(missing_ok=True)


def find_leftovers(folder: Path) -> list[Path]:
    """Return files and folders under construction in `folder` whose process was killed.

    In a container a new process often has the number of one that was killed: this process knows what it constructs.
    """
    found = []
    for partial in folder.glob(f"{PARTIAL}*"):
        name = _NAME.fullmatch(partial.name)
        if name is None or partial in under_construction:  # another program's, or this process's
            continue
        process = int(name[1])
        if process == os.getpid() or not psutil.pid_exists(process):
            found.append(partial)
    return found


def remove_half_copies(folder: Path) -> None:
    """Remove files that a killed DVC was copying into `folder`, the outputs of a stage that begins."""
    for copy in folder.glob(".*.tmp"):
        if _COPY.fullmatch(copy.name) and copy.is_file():
            copy.unlink(missing_ok=True)


def make_place(folder: Path) -> None:
    """Create `folder` if it is missing; else remove leftovers in it, once in the life of the process."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder not in _searched:
        _searched.add(folder)
        remove_leftovers(folder)
