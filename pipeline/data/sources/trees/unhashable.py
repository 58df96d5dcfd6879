"""What makes DVC stop, or wait for ever, when it computes the digest of a folder."""

import os
from pathlib import Path

from pipeline.base.printable import encodable
from pipeline.data.sources.trees.file_kinds import is_folder, not_a_file_reason

IGNORE_FILE = ".dvcignore"


def files_dvc_cannot_hash(path: Path, project: Path | None = None) -> list[tuple[str, str]]:
    """Return what DVC cannot read below `path`: relative path and reason of each, in the order of the paths.

    That is links to nothing, named pipes, sockets, devices, what is not permitted, names that are not UTF-8, and
    .dvcignore files; hidden files too, but not those that the project's .dvcignore names. Nothing is opened. DVC
    follows no link to a folder, so neither does this.

    Args:
        path: a folder; anything else holds nothing.
        project: a DVC repository, whose .dvcignore counts for what is inside it; None: nothing is ignored.
    """
    found = _found(os.fspath(path)) if path.is_dir() else []
    if found and project and (project / ".dvc").is_dir() and path.resolve().is_relative_to(project.resolve()):
        found = _not_ignored(found, project)
    return sorted((encodable(os.path.relpath(name, path)), reason) for name, reason in found)


def _found(top: str) -> list[tuple[str, str]]:
    found = []
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif reason := _reason(entry, top):
                        found.append((entry.path, reason))
        except OSError as error:
            found.append((folder, f"a folder that cannot be read ({error.strerror})"))
    return found


def _reason(entry: os.DirEntry[str], top: str) -> str:
    if entry.is_symlink() and is_folder(entry):
        return ""
    inside = entry.path.removeprefix(top)
    if encodable(inside) != inside:
        return "a name that is not valid UTF-8"
    if entry.name == IGNORE_FILE:
        return f"DVC accepts {IGNORE_FILE} in the project's folder, not below data.path"
    reason = "" if entry.is_file(follow_symlinks=False) else not_a_file_reason(entry.path)
    return reason or ("" if os.access(entry.path, os.R_OK) else "not permitted to read")


def _not_ignored(found: list[tuple[str, str]], project: Path) -> list[tuple[str, str]]:
    """Return what the project's .dvcignore does not name; DVC takes a second to import, so it is asked last."""
    from dvc.repo import Repo

    with Repo(os.fspath(project)) as repo:
        ignored = repo.dvcignore
        return [(name, reason) for name, reason in found if not ignored.is_ignored_file(os.path.abspath(name))]  # noqa: PTH100
