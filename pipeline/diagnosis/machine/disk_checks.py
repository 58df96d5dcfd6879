"""Disk space: what is free, what the next run needs, what the caches take."""

import os
import shutil
from collections.abc import Iterator

from pipeline.base.errors import PipelineError
from pipeline.base.paths import CHECKPOINTS, IMAGE_STORE, MODEL, PREPARED, SEARCHES
from pipeline.diagnosis.finding import Finding, fine, problem, warning
from pipeline.diagnosis.patient import Patient, folder_size

CACHES = (  # what takes space, and what to type to have it back
    (".dvc/cache", "dvc gc --workspace"),
    (IMAGE_STORE, "make clean"),
    (CHECKPOINTS, "make clean"),
    (SEARCHES, f"rm -r {SEARCHES}"),
    ("mlruns", "mlflow gc"),
)
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
    sizes = {name: folder_size(patient.home / name) for name, _ in CACHES}
    taken = ", ".join(f"{name} {_amount(*size)}" for name, size in sizes.items() if size[0] > 1e6)
    text = f"{free / 1e9:.1f} GB free, the next run needs up to {need / 1e9:.1f} GB" + (f"; {taken}" if taken else "")
    commands = dict(CACHES)
    largest = max(sizes, key=lambda name: sizes[name][0])
    if free < LEAST:
        yield problem("disk", text, commands[largest])
    elif free < need:
        yield warning("disk", text, commands[largest])
    else:
        yield fine("disk", text)


def _amount(size: int, more: bool) -> str:
    text = f"{size / 1e9:.1f} GB" if size > 1e9 else f"{size / 1e6:.0f} MB"
    return f"more than {text}" if more else text
