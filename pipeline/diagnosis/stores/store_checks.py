"""The MLflow store: that it is there, opens, is of this version of MLflow, and names files in this project."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from pipeline.base.addresses.credentials import masked
from pipeline.base.addresses.sqlite_address import sqlite_uri
from pipeline.base.errors import PipelineError
from pipeline.diagnosis.finding import Finding, fine, problem, warning
from pipeline.diagnosis.patient import Patient
from pipeline.tracking.relocation import pending_relocation, relocate
from pipeline.tracking.store import check_server
from pipeline.tracking.stored_locations import files_elsewhere

ABOUT = "store"
CHECKED_WHOLE = 3e8  # bytes; a larger database takes too long to read
LOCK_WAIT = 1.0  # seconds
REVISION = re.compile(r"^(?:down_)?revision(?:: [^=]+)? = ['\"]?(\w+)", re.MULTILINE)


def check_store(patient: Patient) -> Iterator[Finding]:
    """Check that the store opens and is whole, or that its server answers."""
    store = patient.store
    if store is None:
        check_server(patient.store_address)  # its sentence says what to do
        yield fine(ABOUT, f"{masked(patient.store_address)} answers")
    elif not store.exists():
        yield fine(ABOUT, f"{store.name} is not there yet; the first training makes it")
    else:
        yield from _check_database(store)


def check_place(patient: Patient) -> Iterator[Finding]:
    """Check that the store names files in this project: a moved or copied one names those of its former folder."""
    store = patient.store
    if store is None or not store.is_file():
        return
    moved = pending_relocation(store, patient.artifacts)
    if moved is not None:

        def mend() -> str:
            relocate(store, patient.artifacts)
            return f"{store.name} names files in {patient.home} now"

        text = f"this project was at {moved.old.parent}; the next command that opens {store.name} corrects it"
        yield warning("moved project", text, "python -m pipeline.doctor --fix", mend)
        return
    try:
        others = files_elsewhere(store, patient.artifacts)
    except sqlite3.Error:
        return  # the check of the store says so
    if others:
        text = f"runs or models have files in {len(others)} folders outside of {patient.artifacts}, such as {others[0]}"
        yield warning("moved project", f"{text}: they are lost if that goes")
    else:
        yield fine("moved project", f"all files of runs and models are in {patient.artifacts.name}/")


def _check_database(store: Path) -> Iterator[Finding]:
    broken = f"mv {store.name} {store.name}.broken && python -m pipeline.models sync"
    try:
        with closing(sqlite3.connect(store, timeout=LOCK_WAIT, isolation_level=None)) as database:
            rows = database.execute("SELECT version_num FROM alembic_version").fetchall()
            damaged = store.stat().st_size < CHECKED_WHOLE and database.execute("PRAGMA quick_check(1)").fetchone()
            database.execute("BEGIN IMMEDIATE")  # fails where the file is locked or cannot be written
            database.execute("ROLLBACK")
    except sqlite3.Error as error:
        if "locked" in str(error):
            yield warning(ABOUT, f"{store.name} is locked by another process", f"fuser {store.name}")
        elif "readonly" in str(error) or "unable to open" in str(error):
            yield problem(ABOUT, f"{store.name} cannot be written ({error})", f"chmod u+w {store.name}")
        else:
            yield problem(ABOUT, f"{store.name} is no complete MLflow store ({error})", broken)
        return
    if damaged and damaged[0] != "ok":
        yield problem(ABOUT, f"{store.name} is damaged ({damaged[0]})", broken)
        return
    yield _check_schema(store, rows[0][0] if rows else "")


def _check_schema(store: Path, revision: str) -> Finding:
    known, newest = _revisions()
    if revision == newest or not newest:
        return fine(ABOUT, f"{store.name} opens and is whole")
    if revision in known:
        upgrade = f"cp {store.name} {store.name}.old && mlflow db upgrade '{sqlite_uri(store)}'"
        return problem(ABOUT, f"{store.name} is of an earlier version of MLflow", upgrade)
    return problem(
        ABOUT,
        f"{store.name} is of another version of MLflow than the installed one",
        "python -m pip install --require-hashes -r requirements.txt",
    )


def _revisions() -> tuple[set[str], str]:
    """Return the revisions of a store's tables that the installed MLflow knows, and the newest ('' if unclear)."""
    found = find_spec("mlflow")
    if found is None or not found.submodule_search_locations:
        raise PipelineError("MLflow is not installed")
    folder = Path(next(iter(found.submodule_search_locations))) / "store/db_migrations/versions"
    own: set[str] = set()
    before: set[str] = set()
    for file in folder.glob("*.py"):
        for line in REVISION.finditer(file.read_text(encoding="utf-8")):
            (before if line[0].startswith("down_") else own).add(line[1])
    newest = own - before
    return own, newest.pop() if len(newest) == 1 else ""
