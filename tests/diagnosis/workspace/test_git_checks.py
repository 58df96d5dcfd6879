"""A folder without git, without a commit, without an author, in the middle of a merge."""

import shutil
import subprocess

import pytest

from pipeline.diagnosis.finding import Verdict
from pipeline.diagnosis.workspace.git_checks import check_git
from tests.diagnosis.conftest import only


def git(folder, *arguments):
    subprocess.run(["git", "-C", str(folder), *arguments], check=True)


def test_a_repository_with_a_commit_is_fine(patient):
    assert only(check_git, patient).verdict is Verdict.OK


def test_an_unpacked_archive_is_a_problem_unless_dvc_is_set_to_do_without_git(project, patient):
    shutil.rmtree(project / ".git")
    wrong = only(check_git, patient)
    assert wrong.verdict is Verdict.PROBLEM
    assert wrong.command.startswith("git init && git add")
    (project / ".dvc/config.local").write_text("[core]\n    no_scm = true\n")
    assert only(check_git, patient).verdict is Verdict.OK


def test_no_commit_is_a_problem(project, patient):
    shutil.rmtree(project / ".git")
    git(project, "init", "-q")
    assert "no commit" in only(check_git, patient).text


def test_no_author_is_a_problem(project, patient, monkeypatch):
    for name in ("user.name", "user.email"):
        git(project, "config", "--unset", name)
    git(project, "config", "user.useConfigOnly", "true")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.delenv("GIT_COMMITTER_NAME", raising=False)
    monkeypatch.delenv("GIT_COMMITTER_EMAIL", raising=False)
    monkeypatch.delenv("EMAIL", raising=False)
    assert "git config user.name" in only(check_git, patient).command


def test_a_merge_that_is_not_finished_is_said(project, patient):
    (project / ".git/MERGE_HEAD").write_text("0" * 40)
    assert "merge" in only(check_git, patient).text


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_repro_without_git_says_what_to_type(root, project):
    shutil.rmtree(project / ".git")
    shutil.copy(root / "Makefile", project)
    (project / ".venv").mkdir()
    (project / ".venv/installed").touch()
    done = subprocess.run(["make", "repro"], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stderr.splitlines()[0].endswith("git init && git add -A && git commit -m start")
