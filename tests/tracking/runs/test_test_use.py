"""How often test images have been used, counted in a store of runs."""

import mlflow
import pytest
from mlflow.entities import ViewType

from pipeline.tracking.runs import test_use
from pipeline.tracking.runs.test_use import count_test_uses, tag_test_use

DIGESTS = ["b" * 64, "a" * 64]


@pytest.fixture
def evaluated(store):
    """Return what creates a run with a tag and a test accuracy."""
    client = mlflow.MlflowClient(store)
    mlflow.set_tracking_uri(store)

    def run(digest, model, experiment="models", accuracy=0.9):
        found = client.get_experiment_by_name(experiment)
        place = found.experiment_id if found else client.create_experiment(experiment)
        run_id = client.create_run(place).info.run_id
        tag_test_use(run_id, digest, model)
        if accuracy is not None:
            client.log_metric(run_id, "test/accuracy", accuracy)
        return run_id

    return run


def test_runs_and_models_are_counted_in_every_experiment(evaluated):
    digest = test_use.test_digest(DIGESTS)
    assert count_test_uses(digest) == test_use.TestUse(0, 0)
    for model, experiment in (("m1", "models"), ("m1", "models"), ("m2", "models-crossval"), ("m3", "other")):
        evaluated(digest, model, experiment)
    evaluated("another digest", "m4")
    evaluated(digest, "m5", accuracy=None)  # was not evaluated to its end
    assert count_test_uses(digest) == test_use.TestUse(4, 3)


def test_a_repeated_evaluation_of_a_run_counts_once_and_a_deleted_one_still(evaluated, store):
    client = mlflow.MlflowClient(store)
    run = evaluated("repeated", "m1")
    client.log_metric(run, "test/accuracy", 0.9)
    tag_test_use(run, "repeated", "m1")
    assert count_test_uses("repeated") == test_use.TestUse(1, 1)
    client.delete_run(run)
    assert count_test_uses("repeated") == test_use.TestUse(1, 1)
    assert client.search_runs(["0"], run_view_type=ViewType.DELETED_ONLY) == []


def test_more_runs_than_one_answer_of_the_store_are_counted(evaluated, monkeypatch):
    monkeypatch.setattr(test_use, "PAGE", 2)
    for number in range(5):
        evaluated("many", f"m{number}", f"experiment {number % 3}")
    assert count_test_uses("many") == test_use.TestUse(5, 5)


def test_the_digest_is_that_of_the_images_in_any_order():
    digest = test_use.test_digest(DIGESTS)
    assert digest == test_use.test_digest(DIGESTS[::-1])
    assert len({digest, test_use.test_digest(DIGESTS[:1]), test_use.test_digest([*DIGESTS, DIGESTS[0]])}) == 3


def test_the_sentence_has_the_counts():
    assert test_use.TestUse(7, 5).sentence(360) == "these 360 test images have been used by 7 evaluations of 5 models"
    assert test_use.TestUse(1, 1).sentence(1) == "this test image has been used by 1 evaluation of 1 model"
