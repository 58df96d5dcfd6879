"""One process at a time changes the registry of a store in a file; a server has no such lock."""

from collections.abc import Iterator
from contextlib import contextmanager

import mlflow

from pipeline.base.addresses.sqlite_address import sqlite_file
from pipeline.base.errors import PipelineError
from pipeline.base.locks.file_lock import file_lock


@contextmanager
def registry_lock() -> Iterator[None]:
    """Hold the lock beside the store's SQLite file while the block runs; do nothing for other stores.

    Raises:
        PipelineError: the folder cannot be written.
    """
    store = sqlite_file(str(mlflow.get_registry_uri()))
    if store is None:
        yield
        return
    lock = store.with_name(f"{store.name}.lock")
    try:
        lock.open("a").close()
    except OSError as error:
        raise PipelineError(f"the registry cannot be changed: {lock}: {error.strerror}") from None
    with file_lock(lock):
        yield
