"""A copy of the project in which an experiment runs, so that nothing in the user's folder changes.

`dvc exp run --temp` makes such copies too, but from the user's folder: it detaches HEAD and stashes changes there for a
few seconds, and a kill in between leaves them so.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.base.git.git_command import git
from pipeline.base.locks.file_lock import lock, note_no_locks
from pipeline.crossvalidation.repository import Repository

COPIES = ".dvc/tmp/crossval"
LOCK = ".dvc/tmp/crossval.lock"
LOCAL_CONFIG = ".dvc/config.local"


@contextmanager
def only_one(root: Path) -> Iterator[int]:
    """Hold the project's lock for cross-validations, and remove the copies that a killed one left.

    The lock is an open file: DVC's processes inherit it, so that it is held until they have ended too.

    Args:
        root: the project's folder.

    Yields:
        The file's descriptor, for processes to inherit.

    Raises:
        PipelineError: another cross-validation, or the fold of a killed one, is still running.
    """
    (root / LOCK).parent.mkdir(parents=True, exist_ok=True)
    with (root / LOCK).open("w") as file:
        try:
            if not lock(file, blocking=False):
                note_no_locks(root)
        except BlockingIOError:
            raise PipelineError(
                f"another cross-validation is running in {root}, or a fold of one that was killed; wait for its end"
            ) from None
        shutil.rmtree(root / COPIES, ignore_errors=True)
        yield file.fileno()


@contextmanager
def project_copy(repository: Repository) -> Iterator[Path]:
    """Yield the project's folder in a copy of the repository, which is removed at the end.

    It has the same commit and the same changes, and shares git's objects and DVC's cache with the original.

    Args:
        repository: to copy.
    """
    root = repository.root
    (root / COPIES).mkdir(parents=True, exist_ok=True)
    copy = Path(tempfile.mkdtemp(dir=root / COPIES))
    try:
        git(copy, "init", "--quiet")
        alternates = copy / ".git/objects/info/alternates"
        alternates.write_text(f"{repository.git_folder / 'objects'}\n", encoding="utf-8")
        if (repository.git_folder / "shallow").is_file():
            shutil.copy(repository.git_folder / "shallow", copy / ".git/shallow")
        for key, value in repository.identity().items():
            git(copy, "config", key, value)
        git(copy, "checkout", "--quiet", "--detach", repository.head)
        git(copy, "read-tree", "-u", "--reset", repository.tree())
        project = copy / root.relative_to(repository.top.resolve())
        _share_cache(root, project)
        yield project
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _share_cache(root: Path, project: Path) -> None:
    """Let DVC use the original's cache in the copy."""
    if (root / LOCAL_CONFIG).is_file():
        shutil.copy(root / LOCAL_CONFIG, project / LOCAL_CONFIG)
    cache = os.path.join(root, _dvc(root, "cache", "dir"))  # noqa: PTH118
    # relative, since DVC cannot write a path that is not ASCII
    _dvc(project, "config", "--local", "cache.dir", os.path.relpath(cache, project))


def _dvc(folder: Path, *arguments: str) -> str:
    """Run DVC in `folder`; return what it prints, without white space around it."""
    done = subprocess.run(["dvc", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line.removeprefix("ERROR: ") for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
        raise PipelineError(f"dvc {arguments[0]} failed in {folder}: {' '.join(said) or done.stderr.strip()}")
    return done.stdout.strip()
