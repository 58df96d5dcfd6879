"""Folders that no process uses, removed by `make clean`: Python's standard library is enough, wherever that runs."""

from contextlib import nullcontext
from pathlib import Path

from pipeline.base.locks.process_lock import holder, try_lock

LOCK = "lock"  # the file in a folder that is locked by the process which uses it


def remove_all(*names: str) -> None:
    """Remove folders of the working directory, except what is in use."""
    for name in names:
        remove_unused(Path(name))


def remove_unused(folder: Path) -> bool:
    """Remove a folder, except what is in use; return whether all of it is gone.

    A line says what is in use. A process that begins to use the folder meanwhile waits, or finds it gone.

    Args:
        folder: of checkpoints or decoded images, or what holds such folders.
    """
    if not folder.is_dir() or folder.is_symlink():
        return not folder.exists()
    try:
        listed = list(folder.iterdir())
        held = try_lock(folder / LOCK) if (folder / LOCK).is_file() else nullcontext()
    except OSError as error:
        if folder.exists():
            print(f"kept {folder}: it cannot be locked ({error.strerror})")
        return not folder.exists()
    if held is None:
        print(f"kept {folder}: {holder(folder / LOCK)} uses it")
        return False
    with held:
        return _remove(folder, listed)


def _remove(folder: Path, listed: list[Path]) -> bool:
    """Remove what was listed in a folder, the lock last, then the folder, if nothing came into it meanwhile."""
    in_use = [one for one in sorted(listed) if one.is_dir() and not one.is_symlink() and not remove_unused(one)]
    if in_use:
        return False
    try:
        for file in sorted(listed, key=lambda one: one.name == LOCK):
            if file.is_symlink() or not file.is_dir():
                file.unlink(missing_ok=True)
        folder.rmdir()
    except OSError as error:
        print(f"kept {folder}: it cannot be removed ({error.strerror})")
    return not folder.exists()
