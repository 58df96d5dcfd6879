"""A run's model, whole or not there."""

import mlflow
import numpy as np
import pytest

from pipeline.base.errors import PipelineError
from pipeline.base.quiet import import_tensorflow
from pipeline.tracking.models import log_model, logged_model, model_file
from pipeline.tracking.runs import active

IMAGES = np.zeros((2, 4, 4, 1), np.uint8)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The address of a store with an experiment that keeps its files beside it."""
    folder = tmp_path_factory.mktemp("store")
    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
    mlflow.create_experiment("models", artifact_location=(folder / "artifacts").as_uri())
    return f"sqlite:///{folder}/mlflow.db"


@pytest.fixture
def run_id(store):
    mlflow.set_tracking_uri(store)
    experiment = mlflow.get_experiment_by_name("models").experiment_id
    run = mlflow.MlflowClient().create_run(experiment).info.run_id
    with active(run):
        yield run


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
def tracking(config, store):
    return config.tracking.model_copy(update={"uri": store, "experiment": "models"})


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


def test_a_registered_model_of_another_library_is_refused(run_id, tracking, tmp_path):
    from sklearn.dummy import DummyClassifier

    kind = DummyClassifier().fit([[0], [1]], [0, 1])
    logged = mlflow.sklearn.log_model(
        kind, name="model", pip_requirements=["scikit-learn"], serialization_format="pickle"
    )
    mlflow.register_model(logged.model_uri, "forest")
    with pytest.raises(PipelineError, match=r"models:/forest/1 holds no \.keras file"):
        model_file("models:/forest/1", tracking, tmp_path)


def test_a_path_is_taken_from_the_project(tracking, tmp_path):
    (tmp_path / "my.keras").write_bytes(b"")
    assert model_file("my.keras", tracking, tmp_path) == tmp_path / "my.keras"
    assert model_file(str(tmp_path / "my.keras"), tracking, tmp_path / "elsewhere") == tmp_path / "my.keras"


def test_a_queued_experiment_finds_the_path_in_the_project_it_was_queued_from(tracking, tmp_path, monkeypatch):
    (tmp_path / "my.keras").write_bytes(b"")
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    assert model_file("my.keras", tracking, tmp_path / ".dvc" / "tmp" / "exps" / "one") == tmp_path / "my.keras"


REFUSED = [
    ("other.keras", "there is no file .*other.keras; correct it"),
    ("outputs/train/model.keras", "DVC removes a stage's outputs before it runs"),
    ("params.yaml", "'params.yaml' is not a .keras file"),
    ("", "'' is not a .keras file"),
    ("models:/digits@best", "MLflow has no model at models:/digits@best: "),
    ("models:/nothing/1", "MLflow has no model at models:/nothing/1: "),
]


@pytest.mark.parametrize(("source", "told"), REFUSED)
def test_what_is_not_there_is_refused_in_one_sentence(tracking, tmp_path, source, told):
    with pytest.raises(PipelineError, match=rf"^model\.init_from: .*{told}") as caught:
        model_file(source, tracking, tmp_path)
    assert "\n" not in str(caught.value)


def test_a_silent_server_is_told_at_once(tracking, tmp_path):
    silent = tracking.model_copy(update={"uri": "http://127.0.0.1:9"})
    with pytest.raises(PipelineError, match=r"no MLflow server answers at http://127\.0\.0\.1:9"):
        model_file("models:/digits@candidate", silent, tmp_path)
