"""The training runs of a store, as rows."""

import mlflow
import pytest

from pipeline.base.errors import PipelineError
from pipeline.tracking.runs.run_list import list_runs


@pytest.fixture
def tracking(config, store):
    return config.tracking.model_copy(update={"uri": store, "experiment": "models"})


def test_the_newest_runs_come_first_with_what_was_changed(tracking, run_id, tmp_path):
    client = mlflow.MlflowClient()
    client.set_tag(run_id, "overrides", "recipe.epochs=2")
    client.set_tag(run_id, "registered.as", "digits version 3")
    client.log_metric(run_id, "saved/validation_accuracy", 0.97)
    later = client.create_run(mlflow.get_experiment_by_name("models").experiment_id).info.run_id
    client.set_tag(later, "overrides", "none")
    first, second = list_runs(tracking, tmp_path, 2)
    assert first.run_id == later
    assert (first.changed, first.validation, first.state) == ("", None, "running")
    assert (second.changed, second.validation, second.state) == ("recipe.epochs=2", 0.97, "version 3")
    assert list_runs(tracking, tmp_path, 1) == [first]


def test_an_experiment_that_has_no_runs_yet_gives_none(tracking, tmp_path):
    assert list_runs(tracking.model_copy(update={"experiment": "another"}), tmp_path, 20) == []


def test_an_unknown_experiment_is_refused_with_the_names_there_are(tracking, tmp_path):
    with pytest.raises(PipelineError, match="no MLflow experiment 'modles'; there are: Default, models"):
        list_runs(tracking, tmp_path, 20, "modles")


def test_listing_creates_no_store(config, tmp_path):
    assert list_runs(config.tracking, tmp_path, 20) == []
    assert list(tmp_path.iterdir()) == []
