"""Folders that no process uses, removed by `make clean`: Python's standard library is enough, wherever that runs."""

import shutil
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
    held = try_lock(folder / LOCK) if (folder / LOCK).is_file() else nullcontext()
    if held is None:
        print(f"kept {folder}: {holder(folder / LOCK)} uses it")
        return False
    with held:
        folders = [child for child in sorted(folder.iterdir()) if child.is_dir() and not child.is_symlink()]
        in_use = [child for child in folders if not remove_unused(child)]
        if in_use:
            return False
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        print(f"kept {folder}: it cannot be removed")
    return not folder.exists()
