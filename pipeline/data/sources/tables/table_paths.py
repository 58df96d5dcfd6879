"""The files that a table's paths name."""

import posixpath
import re
import unicodedata
from collections import defaultdict

from pipeline.data.sources.trees.file_tree import FileTree

ABSOLUTE = re.compile(r"/|[A-Za-z][A-Za-z0-9+.-]*:/")


class PathLookup:
    r"""Finds the file of a path as a table may have it.

    A path is relative to the table's folder, or absolute (or an address) below the tree; `\` may stand for `/`. Where
    no such file exists, spaces around the path are dropped, accents may be composed in another way, and the suffix may
    be missing, if one file only has the rest of the name.

    Args:
        tree: the files.
        folder: path of the table's folder in the tree.

    Attributes:
        files: by their paths in the tree.
    """

    def __init__(self, tree: FileTree, folder: str) -> None:
        self.name, self.folder = tree.name.replace("\\", "/").rstrip("/") + "/", folder
        self.files = {file.path: file for file in tree.files}
        self.stems: dict[str, list[str]] = defaultdict(list)
        self.composed: dict[str, str] = {}
        for path in self.files:
            self.stems[posixpath.splitext(path)[0]].append(path)
            if not path.isascii():
                self.composed[unicodedata.normalize("NFC", path)] = path

    def path(self, text: str) -> str | None:
        """Return the path in the tree that `text` stands for, whether there is such a file or not; None if outside."""
        exact = posixpath.normpath(posixpath.join(self.folder, text))
        if exact in self.files:  # where a backslash or a space is part of a name
            return exact
        slashed = text.strip().replace("\\", "/")
        if slashed.startswith(self.name):
            path = posixpath.normpath(slashed.removeprefix(self.name))
        elif ABSOLUTE.match(slashed):
            return None
        else:
            path = posixpath.normpath(posixpath.join(self.folder, slashed))
        return None if path.split("/")[0] in ("..", ".") else self._there(path)

    def _there(self, path: str) -> str:
        """Return the path of the file that is meant by `path`; `path` if there is none."""
        if path in self.files:
            return path
        if composed := self.composed.get(unicodedata.normalize("NFC", path)):
            return composed
        return self.stems[path][0] if len(self.stems.get(path, ())) == 1 else path
