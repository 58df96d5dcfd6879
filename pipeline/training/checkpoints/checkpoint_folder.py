"""The files in a folder of checkpoints: which of them are whole, and which are removed."""

import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pipeline.base.locks.process_lock import try_lock
from pipeline.training.checkpoints.array_file import check_file
from pipeline.training.checkpoints.checkpoint import Checkpoint, DamagedCheckpointError

LAST, PREVIOUS = "checkpoint.json", "previous.json"
RUN_ID = "run_id.txt"  # of the MLflow run, for the case that the JSON files are lost
LOCK = "lock"
STATES = "state-*.npz"
KEPT_UNFINISHED, KEPT_FINISHED = 10, 3  # other trainings; older ones are removed when a new training starts


def last_whole(folder: Path) -> Checkpoint:
    """Return the last checkpoint in `folder` whose files are whole; an empty one if there is none.

    One line says what is damaged, and from where the training resumes.
    """
    checkpoint, problems = whole_checkpoint(folder)
    if problems:
        where = "the training starts afresh"
        if checkpoint.epochs or checkpoint.step:
            where = f"the training resumes from the one before it, after {checkpoint.progress()}"
        elif checkpoint.run_id:
            where += ", in the same MLflow run"
        print(f"the checkpoint in {folder} cannot be used: {', '.join(problems)}; {where}", flush=True)
    return checkpoint


def whole_checkpoint(folder: Path) -> tuple[Checkpoint, list[str]]:
    """Return the last checkpoint in `folder` whose files are whole (or an empty one), and what is damaged, in words."""
    problems, run_id = [], _run_id(folder)
    for name in (LAST, PREVIOUS):
        if not (folder / name).is_file() and not (name == LAST and any(folder.glob(STATES))):
            continue
        try:
            checkpoint = Checkpoint.read(folder / name)
            run_id = run_id or checkpoint.run_id
            for file in filter(None, (checkpoint.state, checkpoint.best)):
                check_file(folder / file, checkpoint.files.get(file))
        except DamagedCheckpointError as error:
            problems.append(str(error))
            continue
        return replace(checkpoint, run_id=run_id), problems
    return Checkpoint(run_id=run_id), list(dict.fromkeys(problems))


def clear_folder(folder: Path, keep: Collection[str] = ()) -> None:
    """Remove a folder of checkpoints, except the files named in `keep`.

    checkpoint.json has the run's id too and goes last of the files that name a checkpoint: a kill in between leaves the
    training as it was, or none; never the id alone, with which the next training would continue in the run of this one.
    """
    for name in (RUN_ID, PREVIOUS, LAST):
        if name not in keep:
            (folder / name).unlink(missing_ok=True)
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
    for path in folder.glob("*"):
        if path.name not in keep:
            path.unlink(missing_ok=True)


def prune(folder: Path) -> None:
    """Remove the checkpoints of all but the newest other trainings; never those of a training under way.

    A line says so of an unfinished one.

    Args:
        folder: of the training that starts; the others are beside it.
    """
    others = [path for path in folder.parent.glob("*") if path != folder and path.is_dir()]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    unfinished = [path for path in others if any(path.glob(STATES))]
    finished = [path for path in others if path not in unfinished]
    for path in [*unfinished[KEPT_UNFINISHED:], *finished[KEPT_FINISHED:]]:
        with suppress(OSError):  # another user's, or removed meanwhile
            held = try_lock(path / LOCK)
            if held is None:
                continue
            with held:
                clear_folder(path)
            if path in unfinished:
                print(f"removed {path}: an unfinished training, and {KEPT_UNFINISHED} newer ones are kept", flush=True)


def _run_id(folder: Path) -> str | None:
    try:
        return (folder / RUN_ID).read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None
