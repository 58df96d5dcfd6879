"""Prepared images from DVC's cache, where the photos are gone."""

import shutil
import subprocess
import sys

import mlflow
import pytest
import yaml

from pipeline.base.errors import PipelineError
from pipeline.base.git.git_command import git
from pipeline.lifecycle.provenance.origin.recorded_run import recorded_run
from pipeline.lifecycle.provenance.rebuild.prepared_images import take_prepared_images

STAGE = {"prepare": {"cmd": "mkdir -p outputs/prepare/images && cp photos outputs/prepare/images/pixels",
                     "deps": ["photos"], "outs": ["outputs/prepare/images"]}}  # fmt: skip
GONE = "/photos is gone"


@pytest.fixture
def prepared(small_project, register, tmp_path):
    """A version whose run has the dvc.lock of a real DVC stage, and a clone without its output."""
    (small_project / "photos").write_text("pixels")
    (small_project / "dvc.yaml").write_text(yaml.safe_dump({"stages": STAGE}))
    git(small_project, "init", "-q")
    for arguments in (["init", "-q"], ["repro", "-q"]):
        subprocess.run([sys.executable, "-m", "dvc", *arguments], cwd=small_project, check=True)
    clone = tmp_path / "clone 日本"
    clone.mkdir()
    git(clone, "init", "-q")
    shutil.copytree(small_project / ".dvc", clone / ".dvc", ignore=shutil.ignore_patterns("cache", "tmp"))
    shutil.copy(small_project / "dvc.yaml", clone)
    version = register()
    mlflow.MlflowClient().log_artifact(version.run_id, str(small_project / "dvc.lock"))
    return small_project, clone, version


def test_they_come_from_the_cache_by_digest_or_it_says_that_they_are_gone(prepared):
    project, clone, version = prepared
    recorded = recorded_run(mlflow.MlflowClient(), version)
    assert "/photos is gone; the prepared images are DVC's" in take_prepared_images(recorded, project, clone, GONE)
    assert (clone / "outputs/prepare/images/pixels").read_text() == "pixels"
    shutil.rmtree(clone / "outputs")
    shutil.rmtree(project / ".dvc/cache")
    with pytest.raises(PipelineError, match="neither DVC's cache nor a remote has the prepared images"):
        take_prepared_images(recorded, project, clone, GONE)


def test_a_run_without_a_lock_is_one_sentence(small_project, register, tmp_path):
    recorded = recorded_run(mlflow.MlflowClient(), register())
    with pytest.raises(PipelineError, match=r"/photos is gone, and its run has no dvc.lock"):
        take_prepared_images(recorded, small_project, tmp_path, GONE)
