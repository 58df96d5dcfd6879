"""Git, which DVC needs."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.base.git.git_command import GitError, git
from pipeline.diagnosis.finding import Finding, fine, problem, warning
from pipeline.diagnosis.patient import Patient
from pipeline.diagnosis.workspace.dvc_settings import dvc_settings

ABOUT = "git"
BEGIN = 'git init && git add -A && git commit -m "The project as downloaded"'
UNDER_WAY = {"MERGE_HEAD": "merge", "rebase-merge": "rebase", "rebase-apply": "rebase"}


def check_git(patient: Patient) -> Iterator[Finding]:
    """Check that there is a repository with a commit and an author, and nothing half done."""
    root = patient.root
    if shutil.which("git") is None:
        yield problem(ABOUT, "git is not installed, and DVC needs it", "apt install git")
        return
    try:
        folder = Path(git(root, "rev-parse", "--absolute-git-dir"))
    except GitError:
        if dvc_settings(root).get("core.no_scm", "").lower() == "true":
            yield fine(ABOUT, "no repository, and DVC is set to do without (core.no_scm); dvc exp needs one")
        else:
            yield problem(ABOUT, "this folder is no git repository, without which DVC refuses to run", BEGIN)
        return
    under_way = next((word for name, word in UNDER_WAY.items() if (folder / name).exists()), None)
    if under_way:
        yield warning(ABOUT, f"a {under_way} is not finished", "git status")
        return
    try:
        git(root, "rev-parse", "HEAD")
    except GitError:
        yield problem(ABOUT, "there is no commit yet, from which experiments begin", BEGIN.partition("&& ")[2])
        return
    try:
        git(root, "var", "GIT_COMMITTER_IDENT")
    except GitError:
        commands = "git config user.name NAME && git config user.email ADDRESS"
        yield problem(ABOUT, "no name and address for commits, without which dvc exp refuses to run", commands)
        return
    yield fine(ABOUT, f"at commit {git(root, 'rev-parse', '--short', 'HEAD')}")
