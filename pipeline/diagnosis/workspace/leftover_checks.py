"""Files and folders that killed processes left."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.base.locks.process_lock import is_held, try_lock
from pipeline.base.paths import CHECKPOINTS, IMAGE_STORE, OUTPUTS, SEARCHES
from pipeline.base.temporary.leftovers import PARTIAL, find_leftovers, remove_leftovers
from pipeline.diagnosis.finding import Finding, fine, warning
from pipeline.diagnosis.patient import Patient
from pipeline.tracking.local_store import PARTIAL_STORE, STORE

PLACES = (OUTPUTS, IMAGE_STORE, CHECKPOINTS, SEARCHES, "exports", "conf")  # where files appear by renaming
LOCKED = (  # the lock that a process holds which uses the files that match
    (f"{STORE}.lock", f"{STORE}{PARTIAL_STORE}*"),
    (".dvc/tmp/crossval.lock", ".dvc/tmp/crossval/*"),
)


def check_leftovers(patient: Patient) -> Iterator[Finding]:
    """Look for what killed processes left under construction."""
    home = patient.home
    found = [path for folder in _folders(home) for path in find_leftovers(folder)]
    for lock, pattern in LOCKED:
        if not is_held(home / lock):
            found += home.glob(pattern)
    if not found:
        yield fine("leftovers", "none")
        return

    def mend() -> str:
        for folder in _folders(home):
            remove_leftovers(folder)
        for lock, pattern in LOCKED:
            if any(home.glob(pattern)):
                _remove_unused(home, lock, pattern)
        return f"{sum(not path.exists() for path in found)} removed"

    shown = ", ".join(str(path.relative_to(home)) for path in found[:3]) + (", …" if len(found) > 3 else "")
    yield warning("leftovers", f"of killed processes: {shown}", "python -m pipeline.doctor --fix", mend)


def _remove_unused(home: Path, lock: str, pattern: str) -> None:
    """Remove what matches, unless a process has begun to use it since it was found."""
    held = try_lock(home / lock)
    if held is None:
        return
    with held:
        for path in home.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _folders(home: Path) -> set[Path]:
    """Return the folders in which something is under construction."""
    return {home, *(path.parent for place in PLACES for path in (home / place).rglob(f"{PARTIAL}*"))}
