"""A store whose project was moved or copied: the places of its files, which MLflow keeps absolute, are corrected.

What a copy logs must not go to the original's folder, and a moved project must find its files.
"""

import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipeline.base.errors import StoreError
from pipeline.base.locks.file_lock import file_lock
from pipeline.tracking.stored_locations import (
    EXPERIMENTS,
    FILE,
    PLACES,
    WAIT,
    is_location_there,
    is_same_place,
    present_columns,
    reading,
    recorded_folder,
)


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
        with reading(store) as database:
            old = recorded_folder(database, store, artifacts)
    except sqlite3.Error:  # no store; whoever opens it says so
        return None
    if old is None or old == artifacts or is_same_place(old, artifacts):
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


def _rewrite(store: Path, moved: Relocation) -> int:
    """Correct all places; return how many."""
    changed = 0
    with closing(sqlite3.connect(store, timeout=WAIT, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        database.create_function("is_at_new", 2, lambda old, new: not is_location_there(old) or is_location_there(new))
        present = present_columns(database, (EXPERIMENTS, *PLACES))
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


def _cure(error: Exception) -> str:
    unwritable = isinstance(error, sqlite3.OperationalError | OSError)
    return "make it writable" if unwritable else "python -m pipeline.doctor examines it"


def _print(line: str) -> None:
    print(f"note: {line}", file=sys.stderr, flush=True)
