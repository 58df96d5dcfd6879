"""Which process this is, in a form in which another one on the same machine can tell whether it still runs."""

import hashlib
import platform
import uuid
from functools import cache
from pathlib import Path

import psutil

LENGTH = 12  # hex digits
MACHINE_ID, BOOT_ID = Path("/etc/machine-id"), Path("/proc/sys/kernel/random/boot_id")
NAMESPACE = Path("/proc/self/ns/pid")
CLOCK_ERROR = 2.0  # seconds by which the start time of one process may differ, where it is a clock's


@cache
def machine() -> str:
    """Return a digest of what tells this machine, or container, from others: a process id means something within it.

    Containers of one machine have process ids of their own; a new container is another machine.
    """
    card = uuid.getnode()
    parts = [platform.node(), _text(MACHINE_ID), "" if card >> 40 & 1 else f"{card:x}"]  # that bit: a random number
    try:
        parts.append(str(NAMESPACE.readlink()))
    except OSError:  # a system without such containers
        parts.append("")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:LENGTH]


def process_stamp(pid: int | None = None) -> str:
    """Return what identifies a process on this machine, also after its id was given to another process.

    Args:
        pid: its id; None: this process.

    Raises:
        psutil.Error: there is none.
    """
    process = psutil.Process(pid)
    return f"{process.pid} {_start(process)}"


def runs_still(stamp: str) -> bool:
    """Return whether the process that `process_stamp` described on this machine still runs; True if that is unclear."""
    pid, _, start = stamp.partition(" ")
    if not pid.isdecimal() or not start:
        return True
    try:
        process = psutil.Process(int(pid))
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        present = _start(process)
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True
    try:
        return abs(float(present) - float(start)) < CLOCK_ERROR
    except ValueError:  # ticks since a start of the machine
        return present == start


def _start(process: psutil.Process) -> str:
    """Return when a process began: on Linux in ticks since the machine's start, whatever happens to its clock."""
    try:
        ticks = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except OSError:
        return f"{process.create_time():.2f}"
    return f"{_text(BOOT_ID)[:8]}:{ticks}"


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
