"""A clean clone of the project at one commit: nothing of the original but what git has."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.base.git.git_command import GitError, git
from pipeline.base.printable import printable
from pipeline.base.temporary.leftovers import partial_prefix, remove_leftovers, under_construction

PLACE = ".dvc/tmp/rebuild"  # of clones that are removed at the end; git ignores it
# lets git fetch a commit that no branch has, such as that of a DVC experiment
ANY_COMMIT = "git -c uploadpack.allowAnySHA1InWant=true upload-pack"


@contextmanager
def clean_clone(root: Path, commit: str, into: Path | None) -> Iterator[Path]:
    """Yield the project's folder in a clone of its repository.

    Args:
        root: the project's folder.
        commit: to check out.
        into: folder for the clone, which stays; None: a temporary one inside the project, removed at the end. One that
            a killed process left is removed when the next begins.

    Raises:
        PipelineError: the repository does not have the commit, or `into` has files or cannot be made.
    """
    prefix = _checked_prefix(root, commit)
    if into is not None:
        if into.exists() and (not into.is_dir() or any(into.iterdir())):
            raise PipelineError(f"--into {printable(str(into))} is there already; name a new folder")
        try:
            into.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PipelineError(f"--into {printable(str(into))} cannot be made: {error.strerror}") from None
        _check_out(root, commit, into)
        yield into / prefix
        return
    place = root / PLACE
    place.mkdir(parents=True, exist_ok=True)
    remove_leftovers(place)
    folder = Path(tempfile.mkdtemp(prefix=partial_prefix(), dir=place))
    under_construction.add(folder)
    try:
        _check_out(root, commit, folder)
        yield folder / prefix
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        under_construction.discard(folder)


def _checked_prefix(root: Path, commit: str) -> str:
    """Return the project's place in its repository, if that has the commit."""
    try:
        prefix = git(root, "rev-parse", "--show-prefix")
    except GitError:
        raise PipelineError(f"{root} is in no git repository; the code of commit {commit} is not here") from None
    try:
        git(root, "cat-file", "-e", f"{commit}^{{commit}}")
    except GitError:
        raise PipelineError(
            f"this repository does not have the commit {commit}; fetch it (git fetch --all) from where it was made"
        ) from None
    return prefix


def _check_out(root: Path, commit: str, folder: Path) -> None:
    source = (root / git(root, "rev-parse", "--git-common-dir")).resolve()
    git(folder, "init", "--quiet")
    git(folder, "fetch", "--quiet", "--no-tags", "--depth=1", "--upload-pack", ANY_COMMIT, str(source), commit)
    git(folder, "checkout", "--quiet", "--detach", commit)
