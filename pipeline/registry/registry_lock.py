"""One process at a time changes the registry of a store in a file; a server has no such lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow

from pipeline.base.files import file_lock

SQLITE = "sqlite:///"


@contextmanager
def registry_lock() -> Iterator[None]:
    """Hold the lock beside the store's SQLite file while the block runs; do nothing for other stores."""
    uri = str(mlflow.get_registry_uri())
    if not uri.startswith(SQLITE):
        yield
        return
    store = Path(uri.removeprefix(SQLITE))
    with file_lock(store.with_name(f"{store.name}.lock")):
        yield
