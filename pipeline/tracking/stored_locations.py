"""Where an MLflow store in a file records that the files of its runs, models and experiments are."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import unquote

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


def files_elsewhere(store: Path, artifacts: Path) -> list[str]:
    """Return the folders outside of `artifacts` in which a store has files of runs, models or experiments.

    Args:
        store: the SQLite file.
        artifacts: the project's folder of files, absolute.

    Raises:
        sqlite3.Error: the file is no store.
    """
    found: set[str] = set()
    with reading(store) as database:
        for table, column in present_columns(
            database, (EXPERIMENTS, *PLACES[:-1])
        ):  # a tag may hold a path of another kind
            for (place,) in database.execute(f"SELECT DISTINCT {column} FROM {table}"):
                path = _local_path(place)
                if path is not None and not _inside(path, artifacts):
                    found.add(str(path.parent))
    return sorted(found)


def recorded_folder(database: sqlite3.Connection, store: Path, artifacts: Path) -> Path | None:
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


def present_columns(database: sqlite3.Connection, columns: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the columns, of (table, column), that a store has: one of an earlier MLflow has fewer tables."""
    query = "SELECT 1 FROM pragma_table_info(?) WHERE name = ?"
    return [column for column in columns if database.execute(query, column).fetchone()]


@contextmanager
def reading(store: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection to a store that changes nothing."""
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True, timeout=WAIT)) as database:
        yield database


def is_location_there(place: str) -> bool:
    """Return whether a recorded location is that of a file or folder here, which this user may see."""
    path = _local_path(place)
    return path is not None and _is_there(path)


def _is_there(path: Path) -> bool:
    """Return whether a path exists; what this user may not see, such as a colleague's folder, is not there."""
    try:
        return path.exists()
    except PermissionError:
        return False


def _local_path(place: str | None) -> Path | None:
    """Return the path that a place names; None if it is on a server, or no place."""
    if not place:
        return None
    if place.startswith(FILE):
        return Path(unquote(place.removeprefix(FILE)))
    return Path(place) if place.startswith("/") else None


def _inside(path: Path, folder: Path) -> bool:
    return any(
        parent == folder or is_same_place(parent, folder) for parent in path.parents if parent.name == folder.name
    )


def is_same_place(one: Path, other: Path) -> bool:
    """Return whether two paths lead to the same file or folder, as by a link or a bind mount."""
    try:
        return os.path.samefile(one, other)  # noqa: PTH121
    except OSError:
        return False
