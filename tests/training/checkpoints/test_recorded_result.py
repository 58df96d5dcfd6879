"""When the result of a finished training is saved again, and when the network is retrained."""

import hashlib
import shutil
import subprocess

import pytest

from pipeline.training.checkpoints.recorded_result import forget_recorded

FIRST, SECOND = (hashlib.md5(text, usedforsecurity=False).hexdigest() for text in (b"first", b"second"))


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A project whose dvc.lock has the first result."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "tester")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "tester@localhost")
    git(tmp_path, "init", "-q")
    record(tmp_path, FIRST)
    return tmp_path


@pytest.fixture
def finished(repository, keras):
    """Return what finishes a training with a result, and its checkpoints."""
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    def finish(result):
        store = CheckpointStore(repository, "key")
        with store.hold(pytest.fail):
            store.finish(result)
        return store

    return finish


def git(folder, *arguments):
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def record(root, digest, reference=None):
    """Write dvc.lock and commit it, for an experiment under another reference than HEAD."""
    (root / "dvc.lock").write_text(
        f"stages: {{train: {{outs: [{{path: outputs/train/run.json, md5: {digest}}}]}}}}\n", encoding="utf-8"
    )
    git(root, "add", "dvc.lock")
    git(root, "commit", "-q", "-m", "recorded")
    if reference:
        git(root, "update-ref", reference, "HEAD")
        git(root, "reset", "-q", "--hard", "HEAD~1")


def forget(store, root, *, waited=False):
    with store.hold(pytest.fail):
        forget_recorded(store, root, waited=waited)
        return store.load().results


def test_a_result_that_dvc_has_recorded_is_forgotten(repository, finished):
    assert forget(finished(FIRST), repository) == []


def test_a_result_that_dvc_has_not_recorded_is_saved_again(repository, finished, capsys):
    assert forget(finished(SECOND), repository) == [SECOND]
    assert "saving it again" in capsys.readouterr().out


def test_a_result_that_a_queued_experiment_has_recorded_is_forgotten(repository, finished):
    """After `dvc exp run --queue --force`, `dvc repro --force` asks for another training."""
    record(repository, SECOND, "refs/exps/ab/cdef/lucky-owl")
    assert forget(finished(SECOND), repository) == []


def test_the_result_of_a_process_that_was_waited_for_is_saved_here_too(repository, finished, capsys):
    record(repository, SECOND, "refs/exps/ab/cdef/lucky-owl")
    assert forget(finished(SECOND), repository, waited=True) == [SECOND]
    assert "saving its result here too" in capsys.readouterr().out


def test_without_git_dvc_lock_decides(repository, finished):
    shutil.rmtree(repository / ".git")
    assert forget(finished(SECOND), repository) == [SECOND]
