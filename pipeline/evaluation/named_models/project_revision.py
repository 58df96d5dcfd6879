"""The evaluated model of a git revision or a DVC experiment: files from git, and from DVC's cache or remote."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.paths import PREDICTIONS
from pipeline.base.printable import printable
from pipeline.base.stage_files.dvc_lock import LOCK
from pipeline.evaluation.named_models.evaluated_model import EvaluatedModel
from pipeline.evaluation.named_models.project_files import OPTIONAL, project_model

SHORT = 7  # hex digits of a commit


@dataclass(frozen=True)
class Revision:
    """A commit, and what led to it.

    Attributes:
        kind: `DVC experiment` or `git revision`.
        name: as it was given.
        commit: 40 hex digits.
    """

    kind: str
    name: str
    commit: str

    @property
    def title(self) -> str:
        """What to call it."""
        return f"{self.kind} {self.name} (commit {self.commit[:SHORT]})"


def find_experiments(name: str, root: Path) -> list[Revision]:
    """Return the DVC experiments of this name, one for each commit that they started from.

    Args:
        name: of the experiment.
        root: the project's folder; outside a git repository there are none.
    """
    from dvc.repo.experiments.utils import exp_refs_by_names

    with _git(root) as git:
        found = exp_refs_by_names(git, {name}).get(name, []) if git else []
        return [Revision("DVC experiment", name, git.get_ref(str(reference))) for reference in found]


def find_revision(name: str, root: Path) -> Revision | None:
    """Return the commit that git means by a branch, a tag, a commit or an expression such as HEAD~1, or None.

    Args:
        name: of the revision.
        root: the project's folder; outside a git repository there are none.
    """
    from scmrepo.exceptions import SCMError

    with _git(root) as git:
        try:
            return Revision("git revision", name, git.resolve_commit(name).hexsha) if git else None
        except (SCMError, AttributeError):  # the latter of what is no commit, such as the file HEAD:params.yaml
            return None


@contextmanager
def _git(root: Path) -> Iterator[Any]:
    """Yield the project's git repository as DVC sees it, None outside one."""
    from dvc.exceptions import DvcException
    from dvc.repo import Repo
    from dvc.scm import Git

    try:
        with Repo(str(root)) as repo:
            yield repo.scm if isinstance(repo.scm, Git) else None
    except DvcException as error:
        raise PipelineError(f"DVC cannot read the project in {root}: {one_line(error)}") from None


def revision_model(revision: Revision, root: Path) -> EvaluatedModel:
    """Return the evaluated model of a commit.

    Args:
        revision: the commit.
        root: the project's folder.

    Raises:
        PipelineError: the commit has no predictions, or neither DVC's cache nor a remote has them.
    """
    from dvc.api import DVCFileSystem

    name = f"the predictions of {printable(revision.title)}"
    with tempfile.TemporaryDirectory(prefix="revision-") as folder:
        copy = Path(folder)
        try:
            files = DVCFileSystem(str(root), rev=revision.commit)
            for path in (PREDICTIONS, *OPTIONAL):
                _copy(files, path, copy / path, needed=path == PREDICTIONS)
        except FileNotFoundError:
            raise PipelineError(f"{name} {_why_missing(files)}") from None
        except Exception as error:  # each kind of remote has its own
            raise PipelineError(f"DVC cannot get {name}: {one_line(error)}") from None
        return project_model(copy, revision.title, name)


def _why_missing(files: Any) -> str:
    if not files.isfile(LOCK):
        return f"are not known: it has no {LOCK}, which dvc repro writes and git add keeps"
    return "are neither in DVC's cache nor in a remote; run dvc pull, or evaluate that revision again"


def _copy(files: Any, path: str, target: Path, *, needed: bool) -> None:
    """Copy a file of the revision; one that is not needed may be missing, in the revision or in DVC's cache."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        files.get_file(path, str(target))
    except FileNotFoundError:
        target.unlink(missing_ok=True)
        if needed:
            raise
