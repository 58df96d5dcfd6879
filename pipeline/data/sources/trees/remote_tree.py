"""The files below an address: in S3, Google Cloud Storage, or on a web server."""

import posixpath
import shutil
import tempfile
from typing import IO, Any

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.printable import printable
from pipeline.data.sources.trees.file_tree import FileTree, TreeFile, file_tree, problem_file, refuse_large
from pipeline.data.sources.trees.member_names import member_path, without_replaced

EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gs", "gcs": "gs"}  # what installs the package that reads an address


def remote_tree(address: str) -> FileTree:
    """List a remote folder, once; its files are read one by one when they are needed.

    Args:
        address: such as s3://bucket/photos.

    Raises:
        PipelineError: a package or credentials are missing, or there is no such folder, or the network fails.
    """
    system, top = _connected(address, address)
    try:
        found = system.find(top, detail=True)
    except Exception as error:
        raise _refused(address, error) from None
    if not found:
        raise _refused(address, FileNotFoundError("no files there"))
    reader = _RemoteReader(system)
    files, folders = [], []
    for path, info in found.items():
        inside = path.removeprefix(top.rstrip("/")).lstrip("/") or posixpath.basename(path)
        if path.endswith("/"):  # as consoles create folders
            folders.append(member_path(inside) or "")
        else:
            files.append(_tree_file(reader, inside, info, path))
    return file_tree(address.rstrip("/"), without_replaced(files), folders)


def remote_archive(address: str, name: str) -> IO[bytes]:
    """Return a copy of a remote file: a temporary file without a name.

    Args:
        address: of the file.
        name: what to call it in messages.

    Raises:
        PipelineError: a package or credentials are missing, or there is no such file, or the network fails.
    """
    system, path = _connected(address, name)
    copy: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the archive's reader keeps it
    try:
        with system.open(path, "rb") as remote:
            shutil.copyfileobj(remote, copy, 2**22)
    except Exception as error:
        raise _refused(address, error, name) from None
    copy.seek(0)
    return copy


def _connected(address: str, name: str) -> tuple[Any, str]:
    """Return the file system of an address, and the path in it."""
    import fsspec  # type: ignore[import-untyped]

    scheme = address.partition("://")[0].lower()
    try:
        system, path = fsspec.core.url_to_fs(address)
    except ImportError as error:
        extra = EXTRAS.get(scheme)
        cure = f"pip install '.[{extra}]'" if extra else f"install what it asks for ({one_line(error, 100)})"
        raise PipelineError(f"{printable(name)}: reading {scheme}:// takes another package; {cure}") from None
    except Exception as error:
        raise _refused(address, error, name) from None
    system.invalidate_cache()
    return system, path


def _refused(address: str, error: Exception, name: str = "") -> PipelineError:
    name = printable(name or address)
    why = printable(one_line(error, 160).replace(address, name))
    return PipelineError(
        f"{name} cannot be read ({type(error).__name__}: {why}); check the address, the network and your credentials"
    )


class _RemoteReader:
    def __init__(self, system: Any) -> None:
        self.system, self.waits = system, True

    def size(self, key: tuple[str, int]) -> int:
        """Return a file's size in bytes."""
        return key[1]

    def read(self, path: str, key: tuple[str, int]) -> bytes:
        """Return a file's bytes, from its address in the store and its size; see TreeReader."""
        return _read(self.system, *key)


def _tree_file(reader: _RemoteReader, inside: str, info: dict[str, Any], path: str) -> TreeFile:
    name = member_path(inside)
    if name is None:
        return problem_file(inside, "its name leads out of the folder", "unreadable")
    return TreeFile(name, reader, (path, info.get("size") or 0))


def _read(system: Any, path: str, size: int) -> bytes:
    refuse_large(size)
    try:
        return bytes(system.cat_file(path))
    except Exception as error:  # each kind of store has its own
        raise OSError(f"{type(error).__name__}: {one_line(error, 100)}") from None
