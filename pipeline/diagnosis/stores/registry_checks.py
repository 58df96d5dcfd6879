"""What is unfinished in the store, and whether its registry has the result in the workspace."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pipeline.base.errors import StoreError
from pipeline.base.paths import DECISION
from pipeline.diagnosis.finding import Finding, fine, warning
from pipeline.diagnosis.patient import Patient

PENDING = "registration.pending"  # as in registry/versions.py, which imports MLflow
NOT_OPENED = "not examined: the store names files in the project's former folder, and opening it corrects that"
SYNC = "python -m pipeline.models sync"


def check_runs(patient: Patient) -> Iterator[Finding]:
    """Look for runs that say they are running, and whose process on this machine is gone."""
    config, root = patient.tracking, patient.root
    if config is None or (patient.store is not None and not patient.store.is_file()):
        return
    if patient.leaves_store:
        yield fine("runs", NOT_OPENED)
        return
    from pipeline.tracking.running.abandoned_runs import close_all_abandoned, find_abandoned

    try:
        found = find_abandoned(config, root)
    except StoreError:
        return  # the check of the store says so
    if not found:
        yield fine("runs", "none was left running by a killed process")
        return

    def mend() -> str:
        close_all_abandoned(config, root)
        return f"{len(found)} ended as killed"

    text = f"{len(found)} of killed processes are marked as running, such as {found[0]}; dvc repro resumes or ends it"
    yield warning("runs", text, "python -m pipeline.doctor --fix", mend)


def check_registrations(patient: Patient) -> Iterator[Finding]:
    """Look for versions whose registration was interrupted."""
    query = "SELECT name, version FROM model_version_tags WHERE key = ? ORDER BY name, version"
    rows = rows_of(patient.store, query, (PENDING,))
    if rows is None:
        return
    if rows:
        names = ", ".join(f"{name} version {number}" for name, number in rows)
        text = f"begun and not completed: {names}; unless a process is at it now, the same command completes it"
        yield warning("registrations", text, "dvc repro register")
    else:
        yield fine("registrations", "none is unfinished")


def check_registry(patient: Patient) -> Iterator[Finding]:
    """Compare the registry with the result in the workspace."""
    if patient.config is None or not (patient.root / DECISION).is_file():
        yield fine("registry", "there is no result to compare it with yet")
        return
    from pipeline.lifecycle.alignment.registry_sync import registry_agreement
    from pipeline.lifecycle.alignment.workspace_result import read_result

    result = read_result(patient.root)
    if not result.registered:
        yield fine("registry", "the last result was not registered")
        return
    if patient.leaves_store:
        yield fine("registry", NOT_OPENED)
        return
    try:
        found = registry_agreement(result, patient.config, patient.root)
    except StoreError:
        return  # the check of the store says so
    if found.differences:
        yield warning("registry", "; ".join(found.differences), SYNC)
    else:
        yield fine("registry", f"{found.name} version {found.number} is the model in the workspace")


def rows_of(store: Path | None, query: str, values: Sequence[Any] = ()) -> list[Any] | None:
    """Return the rows of a query of an SQLite store; None if there is none that can be read.

    Args:
        store: the file; None: the store is elsewhere.
        query: SQL.
        values: of its parameters.
    """
    if store is None or not store.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as database:
            return database.execute(query, tuple(values)).fetchall()
    except sqlite3.Error:  # the check of the store says so
        return None
