"""A repository and the copies that experiments run in."""

import subprocess

import pytest

from pipeline.base.errors import PipelineError
from pipeline.base.git.git_command import git
from pipeline.crossvalidation.project_copy import COPIES, only_one, project_copy
from pipeline.crossvalidation.repository import Repository


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a commit, and with a changed, a staged, a removed and some new files."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "tester")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "tester@localhost")
    root = tmp_path / "a project ü"
    for name in ("conf/a.yaml", "pipeline/b.py", "removed.txt", "staged.txt", ".gitignore"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("photos\n.dvc/tmp\n.dvc/config.local\n" if name == ".gitignore" else "old")
    git(root, "init", "--quiet")
    subprocess.run(["dvc", "init", "--quiet"], cwd=root, check=True)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "start")
    (root / "conf/a.yaml").write_text("changed")
    (root / "conf/new.yaml").write_text("new")
    (root / "removed.txt").unlink()
    (root / "staged.txt").write_text("staged")
    git(root, "add", "staged.txt")
    (root / "photos").mkdir()
    (root / "photos/1.png").write_text("ignored")
    (root / "huge.bin").write_text("neither code nor known to git")
    return root


def state(root):
    return git(root, "status", "--porcelain", "--untracked-files=all"), git(root, "stash", "list")


def test_a_copy_has_the_project_s_commit_and_changes_and_leaves_the_project_as_it_was(project):
    before = state(project)
    with project_copy(Repository(project)) as copy:
        assert git(copy, "rev-parse", "HEAD") == git(project, "rev-parse", "HEAD")
        assert (copy / "conf/a.yaml").read_text() == "changed"
        assert (copy / "conf/new.yaml").read_text() == "new"
        assert (copy / "staged.txt").read_text() == "staged"
        assert (copy / "pipeline/b.py").read_text() == "old"
        assert not [name for name in ("removed.txt", "photos", "huge.bin") if (copy / name).exists()]
        shown = subprocess.run(["dvc", "cache", "dir"], cwd=copy, capture_output=True, text=True, check=True).stdout
        assert (copy / shown.strip()).resolve() == project / ".dvc/cache"
    assert not list((project / COPIES).iterdir())
    assert state(project) == before


def test_an_experiment_of_a_copy_is_taken_over_and_read(project):
    repository = Repository(project)
    before = state(project)
    assert repository.find_experiment("one") is None
    with project_copy(repository) as copy:
        (copy / "result.txt").write_text("0.9\nü")
        git(copy, "add", "result.txt")
        git(copy, "commit", "--quiet", "-m", "result")
        git(copy, "update-ref", "refs/exps/ab/cdef/one", "HEAD")
        made = repository.fetch_experiment(copy, "one")
        with pytest.raises(PipelineError, match="DVC left no experiment two"):
            repository.fetch_experiment(copy, "two")
    assert repository.find_experiment("one") == made
    assert repository.read(made, "result.txt") == "0.9\nü"
    assert repository.read(made, "other.txt") is None
    assert state(project) == before


def test_only_one_cross_validation_runs_and_it_removes_what_a_killed_one_left(project):
    (project / COPIES / "left").mkdir(parents=True)
    with only_one(project):
        assert not (project / COPIES).exists()
        with pytest.raises(PipelineError, match="another cross-validation is running"), only_one(project):
            pass
    with only_one(project):
        pass


def test_no_repository_and_no_commit_are_refused_in_a_sentence(tmp_path):
    with pytest.raises(PipelineError, match=r"is not in a git repository, .*; make one with: git init"):
        Repository(tmp_path)
    git(tmp_path, "init", "--quiet")
    with pytest.raises(PipelineError, match=r"has no commit, .*; make one with: git add"):
        Repository(tmp_path)
