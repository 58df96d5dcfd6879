"""What MLflow's web page shows of an experiment."""

import json
from pathlib import Path

import mlflow

from pipeline.config.schema.pipeline_schema import TrackingConfig
from pipeline.tracking.experiment_page import NOTE, describe_searches, describe_trainings, experiment_address

VIEW = "mlflow.sharedViewState.results"


def tags(experiment_id):
    return mlflow.get_experiment(experiment_id).tags


def test_an_experiment_gets_a_description_that_links_to_its_runs_with_their_results(store):
    for describe, metric in ((describe_trainings, "test/accuracy"), (describe_searches, "multiply_adds")):
        experiment_id = mlflow.create_experiment(f"described by {describe.__name__}")
        describe(experiment_id, "digits")
        assert f"(#/experiments/{experiment_id}/runs?workflowType=machine_learning" in tags(experiment_id)[NOTE]
        assert "on digits" in tags(experiment_id)[NOTE]
        assert f"metrics.`{metric}`" in json.loads(tags(experiment_id)[VIEW])["selectedColumns"]


def test_a_description_that_a_user_wrote_stays(store):
    experiment_id = mlflow.create_experiment("theirs", tags={NOTE: "ours"})
    describe_trainings(experiment_id, "digits")
    assert tags(experiment_id) == {NOTE: "ours"}


def test_the_address_is_that_of_a_local_ui_or_of_the_server(store):
    names = {"name": "t", "experiment": "models", "registered_model": "t", "alias": "t", "champion_alias": "c"}
    config = TrackingConfig(uri=store, system_metrics=False, **names)
    experiment_id = mlflow.get_experiment_by_name("models").experiment_id
    address = experiment_address(config, Path("/nowhere"))
    assert address.startswith(f"http://127.0.0.1:5000/#/experiments/{experiment_id}/runs?workflowType=machine_learning")
