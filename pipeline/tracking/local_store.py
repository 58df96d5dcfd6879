"""The project's own MLflow store, mlflow.db: created whole or not at all, by one process while others wait."""

import logging
import os
from pathlib import Path

from pipeline.base.addresses.sqlite_address import sqlite_uri
from pipeline.base.errors import PipelineError
from pipeline.base.locks.file_lock import file_lock

STORE = "mlflow.db"
ARTIFACTS = "mlruns"
PARTIAL_STORE = ".partial"  # suffix of a store under construction


def local_uri(folder: Path) -> str:
    """Return the URI of the store in `folder`, which a flagless `mlflow ui` there opens too."""
    return sqlite_uri(folder / STORE)


def create_local_store(folder: Path, file: Path | None = None) -> None:
    """Create the store of the project in `folder` unless it is there.

    MLflow creates one by dozens of migrations over seconds; interrupted, or by two processes at once, they leave a file
    that never opens again. So they run on a file beside it, under a lock, which then takes its place.

    Args:
        folder: the project's.
        file: the SQLite file, if it is another than mlflow.db in `folder`; absolute.

    Raises:
        PipelineError: the disk is full, or the folder cannot be written.
    """
    store = file or folder / STORE
    if store.exists():
        return
    with file_lock(_lock_file(store)):
        if store.exists():
            return
        partial = store.with_name(store.name + PARTIAL_STORE)
        _remove(partial)  # what an interrupted process left
        try:
            _migrate(partial, folder / ARTIFACTS)
            _publish(partial, store)
        except Exception as error:  # SQLAlchemy, SQLite, MLflow and the system each have their own
            reason = str(error).partition("\n")[0]
            raise PipelineError(f"cannot create {store}: {reason}") from None
        finally:
            _remove(partial)


def _publish(partial: Path, store: Path) -> None:
    """Give a whole store its name, on the disk too; one that another program made meanwhile, as `mlflow ui`, stays."""
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    try:
        store.hardlink_to(partial)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        partial.replace(store)


def _migrate(file: Path, artifacts: Path) -> None:
    """Create an MLflow store in `file`, the default experiment's artifacts in `artifacts`."""
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    for name in ("mlflow", "alembic"):  # after the import, which sets its own levels
        logging.getLogger(name).setLevel(logging.WARNING)
    store = SqlAlchemyStore(sqlite_uri(file), artifacts.as_uri())
    store.engine.dispose()  # closes the file before it is renamed


def _lock_file(store: Path) -> Path:
    """Return the file to lock while a store is created, in a folder that is made if need be.

    Raises:
        PipelineError: the folder cannot be written.
    """
    lock = store.with_name(f"{store.name}.lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.open("a").close()
    except OSError as error:
        raise PipelineError(f"cannot create {store}: {error.strerror}") from None
    return lock


def _remove(partial: Path) -> None:
    for file in partial.parent.glob(f"{partial.name}*"):  # SQLite keeps a journal beside it
        file.unlink(missing_ok=True)
