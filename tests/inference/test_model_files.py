"""Which model is meant, and what is said where there is none."""

import shutil

import pytest

from pipeline.base.errors import PipelineError
from pipeline.base.files import write_json
from pipeline.inference import load_model
from pipeline.inference.model_files import find_model


@pytest.fixture
def project(tmp_path, monkeypatch, root):
    """A project without a model, as the working directory."""
    shutil.copytree(root / "conf", tmp_path / "conf")
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(root / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put_model(project, model_file, *, digest="d", registered=True):
    shutil.copytree(model_file.parent, project / "outputs/train")
    write_json(project / "outputs/train/run.json", {"model_digest": "d"})
    place = {"name": "googlenet-digits", "version": 3, "alias": "candidate"} if registered else {}
    write_json(project / "outputs/register/decision.json", {"registered": registered, "model_digest": digest} | place)


def test_the_default_is_what_the_project_registered_last(project, model_file, spec):
    put_model(project, model_file)
    found = find_model(None)
    assert found.name == "googlenet-digits version 3 (candidate)"
    assert found.openvino == project / "outputs/train/openvino"
    assert found.spec() == spec


@pytest.mark.parametrize("change", [{"digest": "another"}, {"registered": False}])
def test_a_model_that_was_trained_since_is_not_taken_for_it(project, model_file, change):
    put_model(project, model_file, **change)
    with pytest.raises(PipelineError, match="no model of this project is registered yet; make one with dvc repro"):
        find_model(None)
    assert not (project / "mlflow.db").exists()


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("photo.jpg", "'photo.jpg' is neither a .keras file nor models:/NAME@alias"),
        ("missing.keras", "there is no file missing.keras"),
        ("models:/no-such@candidate", "MLflow has no model at models:/no-such@candidate"),
    ],
)
def test_a_wrong_model_is_one_sentence(project, source, sentence):
    with pytest.raises(PipelineError, match=sentence):
        find_model(source)


def test_a_file_that_keras_cannot_read_is_one_sentence(project):
    (project / "text.keras").write_text("no network")
    for engine in ("openvino", "keras"):
        with pytest.raises(PipelineError, match=r"text\.keras is not a \.keras file"):
            load_model("text.keras", engine=engine)


def test_a_network_that_does_not_name_its_classes_is_refused(project, keras):
    keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(2)]).save(project / "other.keras")
    with pytest.raises(PipelineError, match="does not say what its classes are and how its images were prepared"):
        load_model("other.keras")
