"""Files and folders that killed processes left."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.base.locks.process_lock import is_held
from pipeline.base.paths import CHECKPOINTS, IMAGE_STORE, OUTPUTS, SEARCHES
from pipeline.base.temporary.leftovers import PARTIAL, find_leftovers, remove_leftovers
from pipeline.diagnosis.finding import Finding, fine, warning
from pipeline.diagnosis.patient import Patient
from pipeline.tracking.local_store import PARTIAL as PARTIAL_STORE
from pipeline.tracking.local_store import STORE

PLACES = (OUTPUTS, IMAGE_STORE, CHECKPOINTS, SEARCHES, "exports", "conf")  # where files appear by renaming
COPIES, COPIES_LOCK = ".dvc/tmp/crossval", ".dvc/tmp/crossval.lock"  # of a cross-validation


def check_leftovers(patient: Patient) -> Iterator[Finding]:
    """Look for what killed processes left under construction."""
    home = patient.home
    found = [path for folder in _folders(home) for path in find_leftovers(folder)]
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


def _folders(home: Path) -> set[Path]:
    """Return the folders in which something is under construction."""
    return {home, *(path.parent for place in PLACES for path in (home / place).rglob(f"{PARTIAL}*"))}
