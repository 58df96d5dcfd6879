"""A run's model, whole or not there."""

import mlflow
import numpy as np
import pytest

from pipeline.base.errors import PipelineError
from pipeline.base.quiet import import_tensorflow
from pipeline.tracking.models import log_model, logged_model, model_file

IMAGES = np.zeros((2, 4, 4, 1), np.uint8)


@pytest.fixture
def run_id(tmp_path):
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    experiment = mlflow.create_experiment("models", artifact_location=(tmp_path / "artifacts").as_uri())
    return mlflow.MlflowClient().create_run(experiment).info.run_id


def test_a_model_that_was_not_logged_whole_does_not_count(run_id):
    with pytest.raises(AttributeError):
        log_model(object(), run_id, IMAGES, ["a", "b"], {})
    assert mlflow.get_run(run_id).outputs.model_outputs
    assert logged_model(run_id) is None


def test_a_logged_model_loads_with_its_example_and_classes(run_id):
    import_tensorflow()
    import keras

    layers = [keras.layers.Input((4, 4, 1), dtype="uint8"), keras.layers.Flatten(), keras.layers.Dense(2)]
    model_id = log_model(keras.Sequential(layers), run_id, IMAGES, ["a", "ü b"], {"fact": "1"})
    assert logged_model(run_id) == model_id
    info = mlflow.models.get_model_info(f"models:/{model_id}")
    assert info.metadata == {"classes": ["a", "ü b"], "fact": "1"}
    assert mlflow.keras.load_model(f"models:/{model_id}").predict(IMAGES, verbose=0).shape == (2, 2)


@pytest.fixture
def tracking(config, tmp_path):
    changed = {"uri": f"sqlite:///{tmp_path}/mlflow.db", "experiment": "models"}
    return config.tracking.model_copy(update=changed)


def test_a_registered_model_is_fetched_by_alias_and_by_version(run_id, tracking, tmp_path):
    import_tensorflow()
    import keras

    model = keras.Sequential([keras.layers.Input((4, 4, 1), dtype="uint8"), keras.layers.Flatten()])
    model_id = log_model(model, run_id, IMAGES, ["a", "b"], {})
    mlflow.register_model(f"models:/{model_id}", "digits")
    mlflow.MlflowClient().set_registered_model_alias("digits", "candidate", "1")
    for source in ("models:/digits@candidate", "models:/digits/1"):
        file = model_file(source, tracking, tmp_path)
        assert keras.models.load_model(file).output_shape == (None, 16)


def test_a_path_is_taken_from_the_project(tracking, tmp_path):
    (tmp_path / "my.keras").write_bytes(b"")
    assert model_file("my.keras", tracking, tmp_path) == tmp_path / "my.keras"
    assert model_file(str(tmp_path / "my.keras"), tracking, tmp_path / "elsewhere") == tmp_path / "my.keras"


@pytest.mark.parametrize("source", ["other.keras", "params.yaml", "", "models:/digits@best", "models:/nothing/1"])
def test_what_is_not_there_is_refused_in_one_sentence(run_id, tracking, tmp_path, source):
    with pytest.raises(PipelineError, match=r"^model\.init_from: ") as caught:
        model_file(source, tracking, tmp_path)
    assert "\n" not in str(caught.value)
