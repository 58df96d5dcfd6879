"""From a run to a registered version."""

from pathlib import Path

import mlflow
import pytest
from mlflow.utils.file_utils import local_file_uri_to_path

from pipeline.base.errors import PipelineError
from pipeline.tracking.models.logged_model import MODEL_ID
from pipeline.tracking.models.registration import data_place, register_run


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
