"""Which process this is, in a form in which another one on the same machine can tell whether it still runs."""

import hashlib
import os
import platform
import uuid
from functools import cache
from pathlib import Path

import psutil

LENGTH = 12  # hex digits
MACHINE_ID, BOOT_ID = Path("/etc/machine-id"), Path("/proc/sys/kernel/random/boot_id")
NAMESPACE = Path("/proc/self/ns/pid")
FIRST_NAMESPACE = "pid:[4026531836]"  # of a Linux that is in no container
CLOCK_ERROR = 2.0  # seconds by which the start time of one process may be told differently, where it is a clock's


@cache
def machine() -> str:
    """Return a digest of what tells this machine, or container, from others: a process id means something within it.

    Containers of one machine have process ids of their own; a new container is another machine. Where the usual marks
    are missing, as in containers of one image on two machines, a machine is another one after it was started again.
    """
    card = uuid.getnode()
    parts = [platform.node(), _text(MACHINE_ID), "" if card >> 40 & 1 else f"{card:x}"]  # that bit: a random number
    try:
        parts.append(str(NAMESPACE.readlink()))
    except OSError:  # a system without such containers
        parts.append("")
    if parts[3] and (not parts[1] or not parts[2] or parts[3] != FIRST_NAMESPACE):
        parts.append(_text(BOOT_ID))
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
        return _is_hidden(int(pid))
    except psutil.Error:
        return True
    return _may_be_equal(present, start)


def process_exists(pid: int) -> bool:
    """Return whether there is a process of this id, also one of another user that the system hides."""
    return psutil.pid_exists(pid) or _is_hidden(pid)


def _may_be_equal(one: str, other: str) -> bool:
    """Return whether two starts may be of one process."""
    if ":" in one and ":" in other:  # ticks
        return one == other
    try:
        return abs(float(one) - float(other)) < CLOCK_ERROR
    except ValueError:  # ticks of one, the time of the other
        return True


def _is_hidden(pid: int) -> bool:
    """Return whether a process that psutil does not see is another user's: /proc may hide those (hidepid)."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        pass
    return False


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
