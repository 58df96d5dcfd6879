"""A folder or an archive, from its path or address."""

import os
import re
from pathlib import Path
from typing import IO

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable
from pipeline.data.sources.trees.file_tree import FileTree
from pipeline.data.sources.trees.local_tree import local_tree

TAR = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz")
ARCHIVES = (".zip", *TAR)
WEB = re.compile(r"^(https?://[^?#]*).*", re.IGNORECASE | re.DOTALL)  # what follows is a signature, and secret


def open_tree(path: str, root: Path) -> FileTree:
    """List the files of a folder or an archive.

    Args:
        path: of a folder, a .zip or a .tar file (compressed or not), or the address of one (s3://…, gs://…, https://…).
        root: folder that a relative path is taken from.

    Raises:
        PipelineError: there is none, or it cannot be read.
    """
    if "://" not in path:
        return _local(root / path)
    if path.lower().startswith("file://"):
        raise PipelineError(f"data.path={printable(path)}: write a path on this machine without file://")
    from pipeline.data.sources.trees.remote_tree import remote_archive, remote_tree

    name = WEB.sub(r"\1", path)
    return archive_tree(remote_archive(path, name), name) if name.lower().endswith(ARCHIVES) else remote_tree(path)


def _local(place: Path) -> FileTree:
    if place.is_dir():
        return local_tree(place)
    if not place.exists():
        raise PipelineError(
            f"{printable(str(place))} does not exist; give the folder that holds one subfolder per class, or an archive"
        )
    if not place.is_file() or not place.name.lower().endswith(ARCHIVES):
        raise PipelineError(
            f"{printable(str(place))} is neither a folder nor an archive ({' '.join(ARCHIVES)}); give the folder that "
            f"holds one subfolder per class, or an archive of it"
        )
    return archive_tree(place, os.path.abspath(place))  # noqa: PTH100 - resolves .., but no links


def archive_tree(file: Path | IO[bytes], name: str) -> FileTree:
    """List the files of an archive.

    Args:
        file: the archive.
        name: its path or address, which ends in one of `ARCHIVES`.

    Raises:
        PipelineError: it is not what its name says, or damaged.
    """
    if name.lower().endswith(TAR):
        from pipeline.data.sources.trees.tar_tree import tar_tree

        return tar_tree(file, name)
    from pipeline.data.sources.trees.zip_tree import zip_tree

    return zip_tree(file, name)
