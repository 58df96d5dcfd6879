"""A cross-validation in a real MLflow store."""

import json
import shutil

import mlflow
import pytest

from pipeline.tracking.metric_names import accepted_names
from pipeline.tracking.runs.nested.crossval_runs import CrossvalRuns
from pipeline.tracking.runs.run_list import list_runs
from pipeline.tracking.runs.training_run import RUN_TAGS

PARENT = "mlflow.parentRunId"


@pytest.fixture(scope="module")
def settings(config, tmp_path_factory, empty_store):
    uri = f"sqlite:///{shutil.copy(empty_store, tmp_path_factory.mktemp('store'))}"
    return config.model_copy(update={"tracking": config.tracking.model_copy(update={"uri": uri})})


@pytest.fixture
def runs(settings, tmp_path):
    return lambda key: CrossvalRuns(settings, tmp_path, key, 3)


def training(found, tags):
    return found.client.create_run(found.experiment, tags=tags).info.run_id


def test_a_cross_validation_is_one_run_however_often_it_starts(runs):
    first, other = runs("a"), runs("b")
    assert first.open() == runs("a").open() != other.open()
    run = mlflow.get_run(first.parent)
    assert run.info.status == "RUNNING"
    assert run.data.params["model.dropout"] == "0.4"
    assert "data.fold" not in run.data.params


def test_a_training_of_a_fold_is_under_it_and_its_run_is_kept(runs):
    found = runs("c")
    found.open()
    run_id = training(found, json.loads(found.fold_environment(2)[RUN_TAGS]))
    found.client.set_terminated(run_id, "FINISHED")
    assert mlflow.get_run(run_id).data.tags[PARENT] == found.parent
    assert found.attach(2, run_id, {"accuracy": 0.9}) == run_id
    assert found.attach(2, None, {"accuracy": 0.9}) == run_id


def test_a_run_that_nothing_owns_is_adopted_and_another_s_is_copied(runs):
    found = runs("d")
    found.open()
    free, owned = training(found, {}), training(found, {PARENT: "another"})
    assert found.attach(1, free, {}) == free
    assert mlflow.get_run(free).data.tags[PARENT] == found.parent
    copies = [found.attach(2, owned, {"accuracy": 0.9}), found.attach(2, owned, {"accuracy": 0.9})]
    assert copies[0] == copies[1] != owned
    copy = mlflow.get_run(copies[0])
    assert copy.data.tags["crossval.copy_of"] == owned
    assert copy.data.metrics["test/accuracy"] == 0.9
    assert mlflow.get_run(owned).data.tags[PARENT] == "another"
    assert found.attach(3, free, {}) != free


def test_it_ends_with_figures_files_and_no_running_child(runs, settings, tmp_path):
    found = runs("e")
    found.open()
    left = training(found, found.fold_tags(3))
    (tmp_path / "report.html").write_text("page")
    found.close("FAILED", {"test/accuracy_mean": 0.9, "class/<b>/f1_mean": 0.8}, [tmp_path / "report.html"], "a note")
    run = mlflow.get_run(found.parent)
    assert (run.info.status, run.data.metrics["class/_b_/f1_mean"]) == ("FAILED", 0.8)
    assert run.data.tags["mlflow.note.content"] == "a note"
    assert mlflow.get_run(left).info.status == "KILLED"
    [row] = [row for row in list_runs(settings.tracking, tmp_path, 50) if row.experiment == "crossval-e"]
    assert row.test == 0.9


def test_names_of_metrics_are_what_mlflow_accepts_and_differ(runs):
    names = ["class/a?/f1", "class/a*/f1", "class/ü-grün/f1", "class/../f1", "class/a//b/f1", "class/.hidden/f1"]
    accepted = accepted_names(names)
    assert accepted["class/ü-grün/f1"] == "class/ü-grün/f1"
    assert len(set(accepted.values())) == len(names)
    found = runs("f")
    found.open()
    found.close("FINISHED", dict.fromkeys(names, 1.0), [], "")
    assert set(mlflow.get_run(found.parent).data.metrics) == set(accepted.values())
