"""What a killed process left of its artifacts, in a real store."""

import os
import time
from pathlib import Path

import mlflow
from mlflow.utils.file_utils import local_file_uri_to_path

from pipeline.tracking.models.logged_model import NAME
from pipeline.tracking.running import half_uploads
from pipeline.tracking.running.half_uploads import remove_half_logged_models, remove_half_uploads


def test_a_file_that_nobody_copies_any_more_is_removed(run_id, tmp_path, monkeypatch):
    (tmp_path / "curves.png").write_text("whole")
    mlflow.log_artifact(str(tmp_path / "curves.png"), "evaluation", run_id=run_id)
    uri = mlflow.get_run(run_id).info.artifact_uri
    folder = next(path.parent for path in _folder(uri).rglob("curves.png"))
    upload = folder / ".artifact.uploading.abcdefgh"
    upload.write_text("half")
    os.utime(upload, (1e9, 1e9))  # MLflow gives it the time of the original just before it gets its name
    (folder / ".artifact.uploading.published").symlink_to("meanwhile")
    remove_half_uploads(uri)
    assert upload.exists()
    now = time.time()
    monkeypatch.setattr(half_uploads.time, "time", lambda: now + 2 * half_uploads.AGE)
    remove_half_uploads(uri)
    assert not upload.exists()
    assert (folder / "curves.png").read_text() == "whole"


def test_a_model_that_was_being_logged_is_removed_with_its_files(run_id):
    client, experiment = mlflow.MlflowClient(), mlflow.get_run(run_id).info.experiment_id
    half = client.create_logged_model(experiment, name=NAME, source_run_id=run_id)
    other = client.create_logged_model(experiment, name="mine", source_run_id=run_id)
    folder = _folder(half.artifact_location)
    folder.mkdir(parents=True)
    (folder / "MLmodel").write_text("half")
    remove_half_logged_models(run_id)
    left = client.search_logged_models([experiment], filter_string=f"source_run_id = '{run_id}'")
    assert [model.model_id for model in left] == [other.model_id]
    assert not folder.exists()


def _folder(uri):
    return Path(local_file_uri_to_path(uri))
