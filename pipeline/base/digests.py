"""Digests of files and values: SHA-256, in hex."""

import hashlib
import json
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


def json_digest(value: Any) -> str:
    """Return a short digest of a JSON value that does not depend on the order of its keys."""
    return text_digest(json.dumps(value, sort_keys=True))[:SHORT]
