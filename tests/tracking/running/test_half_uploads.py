"""What a killed process left of its artifacts, in a real store."""

import os
import shutil
import time
from pathlib import Path

import mlflow
from mlflow.utils.file_utils import local_file_uri_to_path

from pipeline.registry.versions import VERSIONS
from pipeline.tracking.models.logged_model import MODEL_ID, NAME
from pipeline.tracking.running import half_uploads
from pipeline.tracking.running.half_uploads import remove_half_logged_models, remove_half_uploads


def _folder(uri):
    return Path(local_file_uri_to_path(uri))


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


def test_a_file_that_another_process_is_copying_stays(run_id, tmp_path, monkeypatch):
    """At the worst instant: it has the times of the original, which is old, and not yet its name."""
    (tmp_path / "old.png").write_text("whole")
    os.utime(tmp_path / "old.png", (1e9, 1e9))
    uri, real, uploads = mlflow.get_run(run_id).info.artifact_uri, shutil.copystat, []

    def copystat(source, target, **options):
        real(source, target, **options)
        uploads.append((Path(target).name, Path(target).stat().st_mtime))
        remove_half_uploads(uri)

    monkeypatch.setattr(shutil, "copystat", copystat)
    mlflow.log_artifact(str(tmp_path / "old.png"), run_id=run_id)
    [(name, modified)] = uploads
    assert (name.startswith(half_uploads.PREFIX), modified) == (True, 1e9)
    assert (_folder(uri) / "old.png").read_text() == "whole"


def test_a_run_keeps_the_model_that_it_has_and_those_of_versions(run_id):
    client, experiment = mlflow.MlflowClient(), mlflow.get_run(run_id).info.experiment_id
    half, whole, registered = (client.create_logged_model(experiment, name=NAME, source_run_id=run_id) for _ in "abc")
    client.set_tag(run_id, MODEL_ID, whole.model_id)
    client.set_logged_model_tags(registered.model_id, {VERSIONS: "[]"})
    remove_half_logged_models(run_id)
    left = client.search_logged_models([experiment], filter_string=f"source_run_id = '{run_id}'")
    assert {model.model_id for model in left} == {whole.model_id, registered.model_id}
    assert half.model_id not in {model.model_id for model in left}
