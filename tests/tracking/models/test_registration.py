"""From a run to a registered version."""

import errno
import tempfile
from pathlib import Path

import mlflow
import pytest
from mlflow.utils.file_utils import local_file_uri_to_path

from pipeline.base.errors import PipelineError, StoreError
from pipeline.tracking.models.logged_model import MODEL_ID
from pipeline.tracking.models.registration import data_place, register_run
from pipeline.tracking.runs.training_run import active_run
from pipeline.tracking.server.store_failures import store_errors
from tests.faulty_proxy import faulty_proxy


def test_the_place_of_the_data_holds_no_password(config):
    def place(path):
        return data_place(config.model_copy(update={"data": config.data.model_copy(update={"path": path})}))

    assert place("https://ann:secret@host.example/photos/?key=secret") == "https://host.example/photos"
    assert place("/home/ann@work/photos/") == "/home/ann@work/photos"
    assert place(None) == config.data.name


@pytest.mark.parametrize("content", ["", "[1]", "{}", None])
def test_damaged_classes_of_a_run_are_one_sentence(config, run_id, content):
    mlflow.set_tag(MODEL_ID, "m-1")
    mlflow.log_dict({"classes": ["a", "b"]}, "dataset.json")
    file = Path(local_file_uri_to_path(mlflow.get_run(run_id).info.artifact_uri)) / "dataset.json"
    file.unlink() if content is None else file.write_text(content)
    with pytest.raises(PipelineError, match=rf"dataset\.json of MLflow run {run_id} is missing or damaged"):
        register_run(run_id, config, {}, "d" * 64)


def test_a_refusal_or_a_full_disk_is_no_reason_to_remove_a_run(config, store, monkeypatch):
    mlflow.set_tracking_uri(store)
    with faulty_proxy(0) as proxy, proxy.faulty("403"):
        place = f"{proxy.uri}/api/2.0/mlflow-artifacts/artifacts/guarded"
        run_id = mlflow.MlflowClient().create_run(mlflow.create_experiment("guarded", place)).info.run_id
        with active_run(run_id):
            mlflow.set_tag(MODEL_ID, "m-1")
            with pytest.raises(StoreError, match="does not allow this"), store_errors(proxy.uri):
                register_run(run_id, config, {}, "d" * 64)

            def full(*_, **__):
                raise OSError(errno.ENOSPC, "No space left on device")

            monkeypatch.setattr(tempfile, "mkdtemp", full)
            with pytest.raises(OSError, match="No space left"):
                register_run(run_id, config, {}, "d" * 64)
