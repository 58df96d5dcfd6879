"""A store whose project was moved or copied: the places of its files, which MLflow keeps absolute, are corrected.

What a copy logs must not go to the original's folder, and a moved project must find its files.
"""

import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from pipeline.base.errors import StoreError
from pipeline.base.locks.file_lock import file_lock

PLACES = (  # columns with the place of a file or a folder
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
    ("trace_tags", "value"),
)
EXPERIMENTS = ("experiments", "artifact_location")
DEFAULT = "0"  # id of the experiment that every store has; its files are beside the others'
FILE = "file://"
WAIT = 5.0  # seconds for another process to end its change of the database


@dataclass(frozen=True)
class Relocation:
    """Where a store's files are recorded to be, and where its project has them now."""

    old: Path
    new: Path


def pending_relocation(store: Path, artifacts: Path) -> Relocation | None:
    """Return what a store in a moved or copied project needs; None if it is where it was, or is no store.

    The same folder by another path, such as a link or a bind mount, is no other place.

    Args:
        store: the SQLite file.
        artifacts: the project's folder of files, absolute.
    """
    if not store.is_file():
        return None
    try:
        with _reading(store) as database:
            old = _recorded_folder(database, store, artifacts)
    except sqlite3.Error:  # no store; whoever opens it says so
        return None
    if old is None or old == artifacts or _same(old, artifacts):
        return None
    return Relocation(old, artifacts)


def relocate(store: Path, artifacts: Path) -> None:
    """Correct the places in a store whose project was moved or copied, in one transaction, and print a line.

    New runs write to `artifacts` from then on. The files of a run or a model that are in the old place only stay there.
    A store that cannot be written is left as it is, with a line.

    Args:
        store: the SQLite file.
        artifacts: the project's folder of files, absolute.

    Raises:
        StoreError: the store is locked by another process.
    """
    if pending_relocation(store, artifacts) is None:
        return
    try:
        with file_lock(store.with_name(f"{store.name}.lock")):
            moved = pending_relocation(store, artifacts)  # another process may have done it just now
            changed = _rewrite(store, moved) if moved else 0
    except (sqlite3.Error, OSError) as error:
        if "locked" in str(error):
            raise StoreError(f"{store} is locked by another process; run the command again when it has ended") from None
        _print(f"{store} names files in another folder, and cannot be changed ({error}); {_cure(error)}")
        return
    if moved and changed > 1:  # a store without runs has one, the default experiment's
        _print(
            f"this project was at {moved.old.parent}; {changed} locations of files in {store.name} now point to "
            f"{artifacts.parent}"
        )


def files_elsewhere(store: Path, artifacts: Path) -> list[str]:
    """Return the folders outside of `artifacts` in which a store has files of runs, models or experiments.

    Args:
        store: the SQLite file.
        artifacts: the project's folder of files, absolute.

    Raises:
        sqlite3.Error: the file is no store.
    """
    found: set[str] = set()
    with _reading(store) as database:
        for table, column in _present(database, (EXPERIMENTS, *PLACES[:-1])):  # a tag may hold a path of another kind
            for (place,) in database.execute(f"SELECT DISTINCT {column} FROM {table}"):
                path = _local_path(place)
                if path is not None and not _inside(path, artifacts):
                    found.add(str(path.parent))
    return sorted(found)


def _recorded_folder(database: sqlite3.Connection, store: Path, artifacts: Path) -> Path | None:
    """Return the folder, called as `artifacts`, in which the store's project kept its files; None if that is unknown.

    The default experiment tells. Where a server made the store, it does not; then another experiment does, unless its
    folder is there and no project's, since somebody may have chosen it.
    """
    query = "SELECT experiment_id, name, artifact_location FROM experiments ORDER BY experiment_id <> ?"
    for number, name, place in database.execute(query, (DEFAULT,)):
        path = _local_path(place)
        if path is None or path.name not in (str(number), name) or path.parent.name != artifacts.name:
            continue
        of_a_project = _is_there(path.parent.parent / store.name)
        if str(number) == DEFAULT or of_a_project or (not _is_there(path) and _is_there(artifacts / path.name)):
            return path.parent
    return None


def _rewrite(store: Path, moved: Relocation) -> int:
    """Correct all places; return how many."""
    changed = 0
    with closing(sqlite3.connect(store, timeout=WAIT, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        database.create_function("is_at_new", 2, lambda old, new: not _exists(old) or _exists(new))
        present = _present(database, (EXPERIMENTS, *PLACES))
        for old, new in (
            (moved.old.as_uri(), moved.new.as_uri()),
            (f"{FILE}{moved.old}", moved.new.as_uri()),
            (str(moved.old), str(moved.new)),
        ):
            for table, column in present:
                corrected = f":new || substr({column}, :n)"
                kept = "" if table == EXPERIMENTS[0] else f"AND is_at_new({column}, {corrected})"
                done = database.execute(
                    f"UPDATE {table} SET {column} = {corrected} WHERE substr({column}, 1, :n) = :old || '/' {kept}",
                    {"new": new, "old": old, "n": len(old) + 1},
                )
                changed += done.rowcount
        database.execute("COMMIT")
    return changed


def _present(database: sqlite3.Connection, columns: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the columns, of (table, column), that a store has: one of an earlier MLflow has fewer tables."""
    query = "SELECT 1 FROM pragma_table_info(?) WHERE name = ?"
    return [column for column in columns if database.execute(query, column).fetchone()]


@contextmanager
def _reading(store: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True, timeout=WAIT)) as database:
        yield database


def _is_there(path: Path) -> bool:
    """Return whether a path exists; what this user may not see, such as a colleague's folder, is not there."""
    try:
        return path.exists()
    except PermissionError:
        return False


def _cure(error: Exception) -> str:
    unwritable = isinstance(error, sqlite3.OperationalError | OSError)
    return "make it writable" if unwritable else "python -m pipeline.doctor examines it"


def _exists(place: str) -> bool:
    path = _local_path(place)
    return path is not None and _is_there(path)


def _local_path(place: str | None) -> Path | None:
    """Return the path that a place names; None if it is on a server, or no place."""
    if not place:
        return None
    if place.startswith(FILE):
        return Path(unquote(place.removeprefix(FILE)))
    return Path(place) if place.startswith("/") else None


def _inside(path: Path, folder: Path) -> bool:
    return any(parent == folder or _same(parent, folder) for parent in path.parents if parent.name == folder.name)


def _same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)  # noqa: PTH121
    except OSError:
        return False


def _print(line: str) -> None:
    print(f"note: {line}", file=sys.stderr, flush=True)
