"""Names of an archive's members, which may hold anything, as harmless relative paths."""

import re
from collections.abc import Iterable, Iterator

from pipeline.data.sources.trees.file_tree import TreeFile, problem_file

ROOT = re.compile(r"^(?:[A-Za-z]:|\./|/)+")  # repeated: what follows one root may be another


def member_path(name: str) -> str | None:
    r"""Return a member's path without anything that leads out of the archive; None if it has `..`, or names nothing.

    Backslashes, which some Windows programs write, become `/`; a drive's letter, leading `/`, `.` and empty parts go.

    Args:
        name: as the archive has it.

    Example:
        >>> member_path("C:\\photos\\.\\cat\\1.png")
        'photos/cat/1.png'
    """
    relative = ROOT.sub("", name.replace("\\", "/"))
    parts = [part for part in relative.split("/") if part not in ("", ".")]
    return None if ".." in parts or not parts else "/".join(parts)


def without_replaced(files: Iterable[TreeFile]) -> Iterator[TreeFile]:
    """Yield files; of several with one path all but the last are replaced, as unpacking an archive would do."""
    files = list(files)
    last = {file.path: index for index, file in enumerate(files)}
    for index, file in enumerate(files):
        if last[file.path] == index:
            yield file
        else:
            yield problem_file(file.path, "a later file has the same name", "not_chosen")
