"""The files in a folder on this machine."""

import os
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable
from pipeline.data.litter import is_litter
from pipeline.data.sources.natural_order import natural_key
from pipeline.data.sources.trees.file_kinds import is_folder, not_a_file_reason
from pipeline.data.sources.trees.file_tree import FileTree, TreeFile, file_tree, problem_file, refuse_large


def local_tree(folder: Path) -> FileTree:
    """List a folder.

    Links to files are read. Links to folders are followed, except those to a folder inside or above this one, or
    inside or above one that another link led to: its images would be listed twice, under two classes perhaps.

    Raises:
        PipelineError: a sub-folder cannot be read.
    """
    walk = _Walk(Path(os.path.abspath(folder)))  # noqa: PTH100 - resolves .., but no links
    waiting = [""]
    while waiting:
        waiting += reversed(walk.list_one(waiting.pop()))
    return file_tree(str(walk.folder), walk.files, walk.folders, walk.linked)


class LocalReader:
    """Reads the files of a folder.

    Args:
        folder: absolute path.
    """

    def __init__(self, folder: str) -> None:
        self.folder, self.waits = folder, False

    def size(self, key: None) -> int:
        """Return 0: asking for the sizes of a million files takes a while."""
        return 0

    def place(self, path: str) -> str:
        """Return a file's absolute path."""
        return os.path.join(self.folder, path)  # noqa: PTH118 - a third of the time that Path takes

    def read(self, path: str, key: None) -> bytes:
        """Return a file's bytes; see TreeReader."""
        return read_local(self.place(path))


class _Walk:
    def __init__(self, folder: Path) -> None:
        self.folder, self.reader = folder, LocalReader(os.fspath(folder))
        self.roots = [os.path.realpath(folder)]  # real paths of the folder, and of those that links led to
        self.files: list[TreeFile] = []
        self.folders: list[str] = []
        self.linked: list[str] = []

    def list_one(self, here: str) -> list[str]:
        """List one folder; return the paths of those in it."""
        place = self.folder / here
        try:
            with os.scandir(place) as entries:
                visible = [entry for entry in entries if not is_litter(entry.name)]
        except OSError as error:
            raise PipelineError(
                f"the folder {printable(str(place))} cannot be read ({error.strerror}); allow it, or move it away"
            ) from None
        for entry in visible:
            if not is_folder(entry):
                self._add_file(entry, _join(here, entry.name))
        folders = (entry for entry in visible if is_folder(entry))
        below = [
            _join(here, entry.name)
            for entry in sorted(folders, key=lambda entry: natural_key(entry.name))
            if self._is_entered(entry, _join(here, entry.name))
        ]
        self.folders += below
        return below

    def _add_file(self, entry: os.DirEntry[str], path: str) -> None:
        problem = "" if entry.is_file(follow_symlinks=False) else not_a_file_reason(entry.path)
        self.files.append(problem_file(path, problem) if problem else TreeFile(path, self.reader))

    def _is_entered(self, entry: os.DirEntry[str], path: str) -> bool:
        """Note a link to a folder, or why it is not followed."""
        if not entry.is_symlink():
            return True
        real = os.path.realpath(entry.path)
        if any(_is_inside(real, root) or _is_inside(root, real) for root in self.roots):
            self.files.append(problem_file(path, "a link to a folder that is listed already, or to one above it"))
            return False
        self.roots.append(real)
        self.linked.append(path)
        return True


def _is_inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def read_local(path: str) -> bytes:
    """Return a file's bytes.

    Raises:
        OSError: it cannot be read, or is too large.
    """
    with open(path, "rb") as file:  # noqa: PTH123 - Path takes twice as long
        refuse_large(os.fstat(file.fileno()).st_size)
        return file.read()


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
