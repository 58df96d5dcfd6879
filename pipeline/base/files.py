"""Files and folders that appear whole or not at all."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.temporary.exchange import exchange
from pipeline.base.temporary.leftovers import make_place, partial_prefix, under_construction


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` (same suffix) that replaces `path` when the block succeeds."""
    make_place(path.parent)
    handle, name = tempfile.mkstemp(prefix=partial_prefix(), suffix=path.suffix, dir=path.parent)
    os.close(handle)
    partial = Path(name)
    under_construction.add(partial)
    try:
        yield partial
        partial.chmod(0o644)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
        under_construction.discard(partial)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder beside `path` that takes its place when the block succeeds.

    At every instant `path` is the old folder or the new one, whole.
    """
    make_place(path.parent)
    partial = Path(tempfile.mkdtemp(prefix=partial_prefix(), dir=path.parent))
    under_construction.add(partial)
    try:
        yield partial
        partial.chmod(0o755)
        if path.exists():
            exchange(partial, path)
        else:
            partial.replace(path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        under_construction.discard(partial)


def write_text(path: Path, text: str) -> None:
    """Write `text` (UTF-8) to `path`, whole or not at all."""
    with atomic_file(path) as partial:
        partial.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write `value` to `path` as indented JSON with a final newline.

    Raises:
        ValueError: `value` holds NaN or an infinity.
    """
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def size_on_disk(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder."""
    return sum(file.stat().st_size for file in (path, *path.rglob("*")) if file.is_file())


def read_json(path: Path) -> Any:
    """Read the JSON document at `path`.

    Raises:
        PipelineError: it is no JSON, such as a file with the marks of a merge.
    """
    return parse_json(path.read_bytes(), path, "bring it back with git checkout or dvc checkout")


def read_whole_json(path: Path) -> Any:
    """Return the JSON document at `path`, or None if there is none or it is damaged: of what can be made again."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def parse_json(text: str | bytes, path: Path, cure: str) -> Any:
    """Return the JSON document that a file holds.

    Args:
        text: of the file, UTF-8.
        path: of the file, for the error.
        cure: what to do if it is no JSON, for the error.

    Raises:
        PipelineError: it is no JSON.
    """
    try:
        return json.loads(text)
    except ValueError as error:  # of JSON or of UTF-8
        raise PipelineError(f"{path} is damaged: it is no JSON ({one_line(error)}); {cure}") from None
