"""The project's git repository: its files as they are now, and the DVC experiments that it holds."""

import shutil
import tempfile
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.base.git.git_command import GitError, git

CODE = ("conf", "pipeline")  # folders whose new files count before git knows them
FETCH = ("-c", "gc.auto=0", "-c", "maintenance.auto=false", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head")


class Repository:
    """The git repository that the project is in. Nothing here changes its files, its index or its branches.

    Args:
        root: the project's folder.

    Attributes:
        top: the repository's folder.
        git_folder: where git keeps its objects.
        head: the commit that is checked out.

    Raises:
        PipelineError: git is missing, the project is in no repository, or it has no commit.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        git(root, "--version")
        try:
            self.top = Path(git(root, "rev-parse", "--show-toplevel"))
            self.git_folder = (root / git(root, "rev-parse", "--git-common-dir")).resolve()
        except GitError:
            raise PipelineError(
                f"{root} is not in a git repository, where DVC keeps the result of each fold; make one with: "
                "git init && git add -A && git commit -m start"
            ) from None
        try:
            self.head = git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        except GitError:
            raise PipelineError(
                f"the git repository in {self.top} has no commit, from which an experiment could start; make one with: "
                "git add -A && git commit -m start"
            ) from None

    def tree(self) -> str:
        """Return git's tree of the project's files as they are: tracked ones, and new ones in conf/ and pipeline/.

        It is written with a temporary index, so that what the user has staged stays as it is.
        """
        index = self.root / git(self.root, "rev-parse", "--git-path", "index")
        with tempfile.TemporaryDirectory() as folder:
            temporary = Path(folder) / "index"
            if index.is_file():
                shutil.copy2(index, temporary)  # with the times of files: git reads only what has changed
            environment = {"GIT_INDEX_FILE": str(temporary)}
            git(self.root, "add", "--update", "--", str(self.top), environment=environment)
            code = [str(self.root / name) for name in CODE if (self.root / name).is_dir()]
            git(self.root, "add", "--", *code, environment=environment)
            return git(self.root, "write-tree", environment=environment)

    def is_tracked(self, path: Path) -> bool:
        """Return whether git tracks the file, or a file in the folder."""
        try:
            return bool(git(self.root, "ls-files", "--", str(path)))
        except GitError:  # outside the repository
            return False

    def identity(self) -> dict[str, str]:
        """Return `user.name` and `user.email` as git knows them here, or a stand-in."""
        known = {"user.name": "cross-validation", "user.email": "crossval@localhost"}
        for key in known:
            try:
                known[key] = git(self.root, "config", "--get", key)
            except GitError:
                continue
        return known

    def find_experiment(self, name: str) -> str | None:
        """Return the commit of the newest DVC experiment `name`, whichever commit it started from, or None."""
        pattern = f"refs/exps/*/*/{name}"
        found = git(self.root, "for-each-ref", "--sort=-creatordate", "--format=%(objectname)", pattern).split()
        return found[0] if found else None

    def fetch_experiment(self, copy: Path, name: str) -> str:
        """Take over the DVC experiment `name` from a copy of the repository; return its commit.

        Raises:
            PipelineError: the copy has none.
        """
        shown = git(copy, "for-each-ref", "--format=%(refname) %(objectname)", f"refs/exps/*/*/{name}").split()
        if not shown:
            raise PipelineError(f"DVC left no experiment {name}")
        git(self.root, *FETCH, str(copy), f"+{shown[0]}:{shown[0]}")
        return shown[1]

    def read(self, commit: str, path: str) -> str | None:
        """Return the text of a file of the project in a commit, or None if it has none."""
        prefix = git(self.root, "rev-parse", "--show-prefix")
        try:
            return git(self.root, "show", f"{commit}:{prefix}{path}")
        except GitError:
            return None
