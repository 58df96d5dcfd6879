"""The references in which DVC keeps experiments."""

from collections.abc import Collection
from pathlib import Path

from pipeline.base.git.git_command import GitError, git
from pipeline.base.stage_files.dvc_lock import LOCK


def experiments_have(root: Path, digests: Collection[str]) -> bool:
    """Return whether the dvc.lock of an experiment names one of these digests; False outside of a repository.

    Args:
        root: the project's folder.
        digests: MD5, by which DVC records files.
    """
    try:
        commits = git(root, "for-each-ref", "--format=%(objectname)", "refs/exps").split()
        wanted = [word for digest in digests for word in ("-e", digest)]
        return bool(commits and wanted and git(root, "grep", "-l", "-F", *wanted, *commits, "--", LOCK))
    except GitError:  # also: it finds none
        return False
