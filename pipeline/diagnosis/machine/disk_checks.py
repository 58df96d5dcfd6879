"""Disk space: what is free, what the next run needs, what the caches take."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.base.locks.process_lock import is_held
from pipeline.base.paths import CHECKPOINTS, IMAGE_STORE, MODEL, PREPARED, SEARCHES
from pipeline.diagnosis.finding import Finding, fine, problem, warning
from pipeline.diagnosis.patient import Patient, folder_size
from pipeline.diagnosis.workspace.dvc_settings import cache_folder
from pipeline.tracking.local_store import ARTIFACTS
from pipeline.training.checkpoints.checkpoint_folder import LOCK, STATES

CACHE = ".dvc/cache"
TAKERS = (CACHE, IMAGE_STORE, CHECKPOINTS, SEARCHES, ARTIFACTS)  # what takes space
LEAST = 1e9  # bytes; below, nothing that keeps files is safe
# Copies that one run writes: in outputs and DVC's cache, among decoded images, in checkpoints and in MLflow.
COPIES_OF_IMAGES, COPIES_OF_MODEL = 3, 8


def check_disk(patient: Patient) -> Iterator[Finding]:
    """Compare the free space with what the next run needs."""
    root = patient.root
    if not os.access(root, os.W_OK):
        raise PipelineError(f"{root} cannot be written")
    free = shutil.disk_usage(root).free
    images, model = folder_size(root / PREPARED)[0], root / MODEL
    need = COPIES_OF_IMAGES * images + COPIES_OF_MODEL * (model.stat().st_size if model.is_file() else 0) + LEAST
    sizes = {name: folder_size(cache_folder(root) if name == CACHE else patient.home / name) for name in TAKERS}
    taken = ", ".join(f"{name} {_amount(*size)}" for name, size in sizes.items() if size[0] > 1e6)
    text = f"{free / 1e9:.1f} GB free, the next run needs up to {need / 1e9:.1f} GB" + (f"; {taken}" if taken else "")
    if free >= need:
        yield fine("disk", text)
        return
    cures = _cures(patient.home)
    largest = max(cures, key=lambda name: sizes[name][0])
    command, lost = cures[largest]
    judge = problem if free < LEAST else warning
    yield judge("disk", f"{text}; the command below removes {lost}", command)


def _cures(home: Path) -> dict[str, tuple[str, str]]:
    """Return by which commands space comes back without the loss of a result, and what each removes."""
    cures = {
        CACHE: (
            "dvc gc --all-commits --all-experiments",
            "from DVC's cache what no commit and no experiment of this repository names (not for a shared cache)",
        ),
        IMAGE_STORE: (f"rm -r {IMAGE_STORE}", "decoded images, which the next dvc repro decodes again"),
    }
    done = [path for path in sorted((home / CHECKPOINTS).glob("*/")) if _is_done(path)]
    if done:
        names = " ".join(str(path.relative_to(home)) for path in done)
        cures[CHECKPOINTS] = (f"rm -r {names}", "checkpoints of trainings that have ended")
    return cures


def _is_done(folder: Path) -> bool:
    return not is_held(folder / LOCK) and not any(folder.glob(STATES))


def _amount(size: int, more: bool) -> str:
    text = f"{size / 1e9:.1f} GB" if size > 1e9 else f"{size / 1e6:.0f} MB"
    return f"more than {text}" if more else text
