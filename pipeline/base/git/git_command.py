"""Git, asked for one thing at a time."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from pipeline.base.errors import PipelineError, one_line

OF_ANOTHER_REPOSITORY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY")  # set in git's hooks


class GitError(PipelineError):
    """Git refused a command."""


def git(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Run git in `folder`; return what it prints, without the newline at its end.

    Raises:
        GitError: git is not installed, or it failed.
    """
    command = ["git", "-C", str(folder), *arguments]
    known = {name: value for name, value in os.environ.items() if name not in OF_ANOTHER_REPOSITORY}
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            env=known | dict(environment or {}),
            check=False,
            encoding="utf-8",
            errors="surrogateescape",
        )
    except FileNotFoundError:
        raise GitError(
            "git is not installed, and DVC keeps the result of each experiment in a git repository"
        ) from None
    if done.returncode:
        raise GitError(f"git {arguments[0]} failed in {folder}: {one_line(RuntimeError(done.stderr))}")
    return done.stdout.removesuffix("\n")
