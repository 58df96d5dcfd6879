"""Digests of files and values: SHA-256, in hex."""

import hashlib
import json
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

SHORT = 16  # hex digits of a digest in keys, tags and messages


def file_digest(path: Path) -> str:
    """Return the SHA-256 of the file at `path` as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def text_digest(text: str) -> str:
    """Return the SHA-256 of `text` (UTF-8) as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def lines_digest(*parts: Iterable[str]) -> str:
    """Return `text_digest` of lines with a line feed between them, of which one at a time is in memory."""
    digest, between = hashlib.sha256(), b""
    for line in chain(*parts):
        digest.update(between + line.encode())
        between = b"\n"
    return digest.hexdigest()


def json_digest(value: Any) -> str:
    """Return a short digest of a JSON value that does not depend on the order of its keys."""
    return text_digest(json.dumps(value, sort_keys=True))[:SHORT]
