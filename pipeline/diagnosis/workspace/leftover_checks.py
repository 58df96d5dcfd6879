"""Files and folders that killed processes left."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil

from pipeline.base.locks.process_lock import is_held
from pipeline.base.paths import CHECKPOINTS, IMAGE_STORE, OUTPUTS, SEARCHES
from pipeline.base.temporary.leftovers import PARTIAL, remove_leftovers
from pipeline.diagnosis.finding import Finding, fine, warning
from pipeline.diagnosis.patient import Patient
from pipeline.tracking.local_store import PARTIAL as PARTIAL_STORE
from pipeline.tracking.local_store import STORE

PLACES = (OUTPUTS, IMAGE_STORE, CHECKPOINTS, SEARCHES, "exports", "conf")  # where files appear by renaming
COPIES, COPIES_LOCK = ".dvc/tmp/crossval", ".dvc/tmp/crossval.lock"  # of a cross-validation


def check_leftovers(patient: Patient) -> Iterator[Finding]:
    """Look for what killed processes left under construction."""
    home = patient.home
    found = [path for path in _under_construction(patient) if not _is_alive(path)]
    if not is_held(home / f"{STORE}.lock"):
        found += home.glob(f"{STORE}{PARTIAL_STORE}*")
    if not is_held(home / COPIES_LOCK):
        found += (home / COPIES).glob("*")
    if not found:
        yield fine("leftovers", "none")
        return

    def mend() -> str:
        for path in found:
            if path.name.startswith(PARTIAL):
                remove_leftovers(path.parent)
            elif path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        return f"{len(found)} removed"

    shown = ", ".join(str(path.relative_to(home)) for path in found[:3]) + (", …" if len(found) > 3 else "")
    yield warning("leftovers", f"of killed processes: {shown}", "python -m pipeline.doctor --fix", mend)


def _under_construction(patient: Patient) -> Iterator[Path]:
    yield from patient.home.glob(f"{PARTIAL}*")
    for place in PLACES:
        yield from (patient.home / place).rglob(f"{PARTIAL}*")


def _is_alive(path: Path) -> bool:
    process = path.name.removeprefix(PARTIAL).partition("-")[0]
    return process.isdecimal() and psutil.pid_exists(int(process))
