"""Servers that run already, and how they are stopped, for docs/team/servers.py."""

import fcntl
import ipaddress
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

PATIENCE = 30.0  # seconds for a server to end its sessions and write everything down


def reachable(host: str) -> str:
    """Return where this machine reaches a server that listens at `host`, as addresses have it."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:  # a name
        return host
    if address.is_unspecified:  # all interfaces
        return "127.0.0.1" if address.version == 4 else "[::1]"
    return host if address.version == 4 else f"[{host}]"


def refuse_second(folder: Path) -> None:
    """Exit where the servers of the folder run already; else hold the folder to the end."""
    descriptor = os.open(folder / "servers.pid", os.O_RDWR | os.O_CREAT, 0o600)  # open, and so locked, to the end
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"the servers of {folder} run already (pid {os.read(descriptor, 20).decode().strip()})")
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    if (pid := _postgres(folder)) is not None:
        sys.exit(f"PostgreSQL of {folder} runs already, left by a program that was killed; end it: kill -INT {pid}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Interrupt a server: PostgreSQL ends its sessions and writes everything down, MLflow its workers."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # it leads a session: its workers too
        process.wait()


def _postgres(folder: Path) -> int | None:
    """Return the process id of PostgreSQL where one runs on the folder's data."""
    try:
        pid = int((folder / "postgres" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        with socket.socket(socket.AF_UNIX) as asked:  # a file may be left of a process that is gone
            asked.connect(str(folder / "socket" / ".s.PGSQL.5432"))
    except (OSError, ValueError, IndexError):
        return None
    return pid
