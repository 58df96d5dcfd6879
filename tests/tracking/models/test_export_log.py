"""The report of an export in MLflow."""

import mlflow
import pytest

from pipeline.base.errors import PipelineError
from pipeline.config.schema.pipeline_schema import TrackingConfig
from pipeline.tracking.models.export_log import log_export


@pytest.fixture
def tracking(store, config) -> TrackingConfig:
    return config.tracking.model_copy(update={"uri": store})


def test_it_goes_to_the_run_that_trained_the_model(run_id, tracking, tmp_path):
    client = mlflow.MlflowClient()
    client.create_registered_model("exported")
    client.create_model_version("exported", "file:///nowhere", run_id)
    for text in ("old", "new"):
        (tmp_path / "report.json").write_text(text)
        assert log_export(("exported", "1"), [tmp_path / "report.json"], tracking, tmp_path) == run_id
    assert [file.path for file in client.list_artifacts(run_id, "export")] == ["export/report.json"]
    uri = mlflow.get_run(run_id).info.artifact_uri
    assert mlflow.artifacts.load_text(f"{uri}/export/report.json") == "new"


def test_a_version_that_is_not_there_is_one_sentence(store, tracking, tmp_path):
    with pytest.raises(PipelineError, match="MLflow does not take the report of exported version 77"):
        log_export(("exported", "77"), [], tracking, tmp_path)
    with pytest.raises(PipelineError, match="the project has no MLflow store"):
        log_export(("exported", "1"), [], tracking.model_copy(update={"uri": None}), tmp_path)
