"""Who moves an alias."""

import getpass
import os
import socket
from pathlib import Path

from pipeline.base.git.git_command import GitError, git

USERNAME = "MLFLOW_TRACKING_USERNAME"


def author() -> str:
    """Return who runs this process: the MLflow server's user, else git's name and address, else `user@host`."""
    if name := os.environ.get(USERNAME):
        return name
    name, address = _git_config("user.name"), _git_config("user.email")
    if name and address:
        return f"{name} <{address}>"
    return name or address or f"{_system_user()}@{socket.gethostname()}"


def _git_config(key: str) -> str:
    try:
        return git(Path.cwd(), "config", key)
    except GitError:
        return ""


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return str(os.getuid())
