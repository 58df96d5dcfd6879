"""Runs and versions found by what they are called, in a real store."""

import sqlite3
from contextlib import closing

import mlflow
import pytest

from pipeline.base.errors import PipelineError
from pipeline.tracking.runs.evaluated_run import find_run, logged_predictions


@pytest.fixture
def tracking(config, store):
    return config.tracking.model_copy(update={"uri": store, "experiment": "models"})


def test_a_run_is_found_by_its_id_and_by_the_beginning_of_it(tracking, run_id, tmp_path):
    mlflow.MlflowClient().set_tag(run_id, "data.digest", "d1")
    for text in (run_id, run_id[:12]):
        found = find_run(text, tracking, tmp_path)
        assert found.run_id == run_id
        assert found.title.startswith(f"MLflow run {run_id[:8]}")
        assert found.tags["data.digest"] == "d1"


@pytest.mark.parametrize("text", ["abcde", "workspace", "0" * 32, "0123456789ab", "ABCDEF12"])
def test_another_text_is_no_run(tracking, run_id, tmp_path, text):
    assert find_run(text, tracking, tmp_path) is None


def test_several_runs_with_one_beginning_are_refused(tracking, run_id, tmp_path):
    with closing(sqlite3.connect(tracking.uri.removeprefix("sqlite:///"))) as database, database:
        names = [row[1] for row in database.execute("PRAGMA table_info(runs)") if row[1] != "run_uuid"]
        columns = ", ".join(names)
        for last in ("0", "1"):
            copy = f"INSERT INTO runs (run_uuid, {columns}) SELECT ?, {columns} FROM runs WHERE run_uuid = ?"
            database.execute(copy, ("cafe" * 7 + "000" + last, run_id))
    with pytest.raises(PipelineError, match="'cafecafe' begins the id of several runs: MLflow run cafecafe"):
        find_run("cafecafe", tracking, tmp_path)
    assert find_run("cafe" * 7 + "0001", tracking, tmp_path).run_id.endswith("1")


def test_a_version_leads_to_its_run(tracking, run_id, tmp_path):
    client = mlflow.MlflowClient()
    client.create_registered_model("digits")
    client.create_model_version("digits", f"{mlflow.get_run(run_id).info.artifact_uri}/model", run_id)
    client.set_registered_model_alias("digits", "candidate", "1")
    for text in ("models:/digits/1", "models:/digits@candidate"):
        found = find_run(text, tracking, tmp_path)
        assert found.run_id == run_id
        assert found.title.startswith("digits version 1 (MLflow run ")
    for text in ("models:/digits/2", "models:/digits@champion", "models:/digits", "models:/"):
        with pytest.raises(PipelineError, match="MLflow has no model at models:/") as error:
            find_run(text, tracking, tmp_path)
        assert "\n" not in str(error.value)


def test_predictions_and_settings_are_copied(tracking, run_id, tmp_path):
    run = find_run(run_id, tracking, tmp_path)
    with pytest.raises(PipelineError, match="it was not evaluated"), logged_predictions(run):
        pass
    (tmp_path / "predictions.parquet").write_bytes(b"table")
    (tmp_path / "params.yaml").write_text("recipe: {seed: 1}")
    mlflow.log_artifact(str(tmp_path / "predictions.parquet"), "evaluation", run_id=run_id)
    with logged_predictions(run) as (file, params):
        assert (file.read_bytes(), params) == (b"table", {})
    mlflow.log_artifact(str(tmp_path / "params.yaml"), run_id=run_id)
    with logged_predictions(run) as (file, params):
        assert params == {"recipe": {"seed": 1}}
    assert not file.exists()


def test_looking_creates_no_store(config, tmp_path):
    assert find_run("abcdef12", config.tracking, tmp_path) is None
    with pytest.raises(PipelineError, match="nothing has been tracked here yet"):
        find_run("models:/x/1", config.tracking, tmp_path)
    assert list(tmp_path.iterdir()) == []
