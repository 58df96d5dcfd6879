"""Files and folders under construction, and the removal of those whose process was killed."""

import os
import re
import shutil
from pathlib import Path

from pipeline.base.processes.process_identity import LENGTH, machine, process_exists

PARTIAL = ".partial-"  # what their names begin with; the process's number and its machine follow
ASIDE = ".replaced"  # suffix of a folder with a result for which a new one is put in place
_NAME = re.compile(re.escape(PARTIAL) + rf"(\d+)-([0-9a-f]{{{LENGTH}}})-[a-z0-9_]{{8}}(\..*)?")
_COPY = re.compile(r"\.[\w-]{22}\.tmp")  # DVC's name for it
under_construction: set[Path] = set()  # by this process
_searched: set[Path] = set()  # folders in which this process has looked for leftovers


def partial_prefix() -> str:
    """Return what the names of files and folders begin with that this process constructs."""
    return f"{PARTIAL}{os.getpid()}-{machine()}-"


def remove_leftovers(folder: Path) -> None:
    """Remove files and folders under construction in `folder` whose process was killed.

    A result that it had put aside for a new one, which did not come, is put back.
    """
    for partial in find_leftovers(folder):
        if partial.is_dir():
            if partial.suffix == ASIDE:
                _put_back(partial)
            shutil.rmtree(partial, ignore_errors=True)
        else:
            partial.unlink(missing_ok=True)


def find_leftovers(folder: Path) -> list[Path]:
    """Return files and folders under construction in `folder` whose process was killed.

    In a container a new process often has the number of one that was killed: this process knows what it constructs.
    Of processes on other machines and in other containers nothing is known; their files stay.
    """
    found = []
    for partial in folder.glob(f"{PARTIAL}*"):
        name = _NAME.fullmatch(partial.name)
        if name is None or name[2] != machine() or partial in under_construction:  # another's, or this process's
            continue
        process = int(name[1])
        if process == os.getpid() or not process_exists(process):
            found.append(partial)
    return found


def _put_back(aside: Path) -> None:
    for result in aside.iterdir():
        if not (aside.parent / result.name).exists():
            result.replace(aside.parent / result.name)


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
