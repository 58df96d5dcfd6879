"""Which DVC command works in a project, by the locks that DVC keeps."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from pipeline.base.errors import PipelineError
from pipeline.base.files import read_json
from pipeline.base.locks.process_lock import is_held

RWLOCK, DVC_LOCK = ".dvc/tmp/rwlock", ".dvc/tmp/lock"


def dvc_command_running(root: Path) -> str | None:
    """Return the DVC command that holds a lock on the project, such as `pid 123 (dvc repro train)`; None if none does.

    A DVC command that was killed leaves its id in DVC's table; the process that has the id now is none of DVC's.

    Args:
        root: the project's folder.
    """
    for holder in _holders(root / RWLOCK):
        if _is_dvc(holder.get("pid")):
            return f"pid {holder['pid']} ({holder.get('cmd', 'dvc')})"
    if not is_held(root / DVC_LOCK):
        return None
    pid = ""
    with suppress(OSError, UnicodeDecodeError):
        pid = (root / DVC_LOCK).read_text(encoding="utf-8").strip().partition("\n")[0]
    return f"pid {pid}" if pid.isdecimal() else "a process"


def _holders(file: Path) -> list[dict[str, Any]]:
    """Return the processes that DVC's table of locked paths names; none where it cannot be read."""
    try:
        table = read_json(file) if file.is_file() and file.stat().st_size else {}
        writers, readers = table.get("write", {}), table.get("read", {})
        found = [*writers.values(), *(one for several in readers.values() for one in several)]
        return [one for one in found if isinstance(one, dict)]
    except (OSError, ValueError, AttributeError, TypeError, PipelineError):
        return []


def _is_dvc(pid: Any) -> bool:
    """Return whether a process of DVC has this id, other than this process."""
    if not isinstance(pid, int) or pid <= 0 or pid == os.getpid():
        return False
    try:
        return any(Path(word).name == "dvc" for word in psutil.Process(pid).cmdline())
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:  # its command line is another user's secret
        return True
