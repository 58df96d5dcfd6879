"""Checkpoints: those that are damaged or of another version, and those of trainings that were interrupted."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.base.locks.process_lock import is_held
from pipeline.base.paths import CHECKPOINTS, OLD_CHECKPOINTS, SEARCHES
from pipeline.diagnosis.finding import Finding, fine, warning
from pipeline.diagnosis.patient import Patient, folder_size
from pipeline.training.checkpoints.checkpoint_folder import LOCK, STATES, whole_checkpoint

READ = 3e9  # bytes that are read to compare digests


def check_checkpoints(patient: Patient) -> Iterator[Finding]:
    """Compare checkpoints with their digests, and count the trainings that can be resumed."""
    if (patient.home / OLD_CHECKPOINTS).is_dir():
        yield warning(
            "checkpoints",
            f"{OLD_CHECKPOINTS}/ is of an earlier version, and cannot be resumed",
            f"rm -r {OLD_CHECKPOINTS}",
        )
    unfinished = running = read = 0
    of_searches = (patient.home / SEARCHES).glob(f"*/{CHECKPOINTS}/*/")
    for folder in sorted([*(patient.home / CHECKPOINTS).glob("*/"), *of_searches]):
        if is_held(folder / LOCK):
            running += 1
            continue
        read += folder_size(folder)[0]
        if read > READ:
            yield fine("checkpoints", "there are more, which were not read")
            break
        yield from _check_folder(folder, patient.home)
        unfinished += any(folder.glob(STATES))
    text = f"{unfinished} unfinished" + (", which the same settings resume" if unfinished else "")
    yield fine("checkpoints", text + (f"; {running} of trainings under way" if running else ""))


def _check_folder(folder: Path, home: Path) -> Iterator[Finding]:
    if not any(folder.iterdir()):
        return
    checkpoint, problems = whole_checkpoint(folder)
    place = folder.relative_to(home)
    if problems:
        usable = checkpoint.epochs or checkpoint.step
        then = f"the training resumes after {checkpoint.progress()}" if usable else "the training starts afresh"
        yield warning("checkpoints", f"{place}: {', '.join(problems)}; {then}", None if usable else f"rm -r {place}")
    elif not any((folder / name).is_file() for name in ("checkpoint.json", "run_id.txt", LOCK)):
        yield warning("checkpoints", f"{place} holds no checkpoint of this program", f"rm -r {place}")
