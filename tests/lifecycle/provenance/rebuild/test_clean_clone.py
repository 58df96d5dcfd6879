"""Clones of a real repository."""

import subprocess

import pytest

from pipeline.base.errors import PipelineError
from pipeline.base.git.git_command import git
from pipeline.base.processes.process_identity import machine
from pipeline.base.temporary.leftovers import remove_leftovers
from pipeline.lifecycle.provenance.rebuild.clean_clone import PLACE, clean_clone


@pytest.fixture
def repository(tmp_path):
    """A project in a folder of a repository, with two commits of which the first is on no branch, and other files."""
    top = tmp_path / "repository 日本"
    root = top / "project"
    root.mkdir(parents=True)
    (root / "code.py").write_text("1")
    (top / ".gitignore").write_text("ignored\n")
    for command in (
        ["init", "--quiet"],
        ["config", "user.name", "tester"],
        ["config", "user.email", "tester@localhost"],
        ["add", "--all"],
        ["commit", "--quiet", "--message", "first"],
    ):
        git(top, *command)
    first = git(top, "rev-parse", "HEAD")
    (root / "code.py").write_text("2")
    git(top, "commit", "--quiet", "--all", "--amend", "--message", "second")
    (root / "ignored").write_text("a cache")
    (root / "code.py").write_text("3")
    return root, first


def test_it_has_what_the_commit_has_and_nothing_else(repository):
    root, first = repository
    with clean_clone(root, first, None) as project:
        assert sorted(file.name for file in project.iterdir()) == ["code.py"]
        assert (project / "code.py").read_text() == "1"
        assert git(project, "rev-parse", "HEAD") == first
    assert not project.exists()
    assert list((root / PLACE).iterdir()) == []
    assert (root / "code.py").read_text() == "3"


def test_it_stays_where_it_was_asked_for(repository, tmp_path):
    root, first = repository
    with clean_clone(root, first, tmp_path / "new/clone") as project:
        pass
    assert project == tmp_path / "new/clone/project"
    assert (project / "code.py").read_text() == "1"
    with pytest.raises(PipelineError, match="is there already; name a new folder"), clean_clone(root, first, project):
        pass


def test_it_is_removed_after_an_interrupt_and_after_a_kill(repository):
    root, first = repository
    with clean_clone(root, first, None) as project:
        remove_leftovers(root / PLACE)
        assert (project / "code.py").exists()
    with pytest.raises(KeyboardInterrupt), clean_clone(root, first, None):
        raise KeyboardInterrupt
    assert list((root / PLACE).iterdir()) == []
    ended = subprocess.Popen(["true"])
    ended.wait()
    (root / PLACE / f".partial-{ended.pid}-{machine()}-killed00").mkdir()
    with clean_clone(root, first, None):
        assert len(list((root / PLACE).iterdir())) == 1


def test_a_commit_that_is_not_here_is_one_sentence(repository, tmp_path):
    root, _ = repository
    with (
        pytest.raises(PipelineError, match=r"does not have the commit 1234.*git fetch --all"),
        clean_clone(root, "1234" * 10, None),
    ):
        pass
    with (
        pytest.raises(PipelineError, match="is in no git repository"),
        clean_clone(tmp_path, "1234" * 10, None),
    ):
        pass
