"""Addresses of SQLite files, `sqlite:///…`, as SQLAlchemy and MLflow read them."""

import re
from pathlib import Path
from urllib.parse import quote, unquote

ADDRESS = re.compile(r"(?P<scheme>sqlite(\+\w+)?):///(?P<path>[^?]+)(?P<query>\?.*)?", re.DOTALL)
IN_MEMORY = (":memory:", "file:")  # what begins so is no path


def sqlite_uri(file: Path) -> str:
    """Return the address of a file.

    SQLAlchemy decodes `%20` in it and ends it at `?`, so a path with either is encoded: with its slashes, since MLflow
    makes the folder that the address names before decoding it.

    Args:
        file: an absolute path.
    """
    path = str(file)
    return f"sqlite:///{quote(path, safe='') if '%' in path or '?' in path else path}"


def sqlite_file(uri: str) -> Path | None:
    """Return the file at an address, as the address has it: absolute or relative; None if it names no SQLite file.

    Args:
        uri: of a store.
    """
    found = ADDRESS.fullmatch(uri)
    path = unquote(found["path"]) if found else ""
    return None if not path or path.startswith(IN_MEMORY) else Path(path)


def absolute_sqlite_uri(uri: str, folder: Path) -> str:
    """Return an address with an absolute path; other addresses, and those of other stores, as they are.

    Args:
        uri: of a store.
        folder: that a relative path starts from.
    """
    file, found = sqlite_file(uri), ADDRESS.fullmatch(uri)
    if file is None or found is None or file.is_absolute():
        return uri
    address = sqlite_uri((folder / file).resolve())
    return f"{found['scheme']}{address.removeprefix('sqlite')}{found['query'] or ''}"
