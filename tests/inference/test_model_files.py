"""Which model is meant, and what is said where there is none."""

import shutil

import mlflow
import pytest

from pipeline.base.digests import file_digest
from pipeline.base.errors import PipelineError
from pipeline.base.files import write_json
from pipeline.inference import load_model
from pipeline.inference.model_files import find_model
from pipeline.registry.version_search import DIGEST
from pipeline.tracking.models.aliased_version import AliasedVersion, version_in_use


@pytest.fixture
def project(tmp_path, monkeypatch, root):
    """A project without a model, as the working directory."""
    shutil.copytree(root / "conf", tmp_path / "conf")
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(root / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put_model(project, model_file, *, digest=None, registered=True):
    shutil.copytree(model_file.parent, project / "outputs/train")
    digest = digest or file_digest(model_file)
    decision = {"registered": registered, "model_digest": digest, "name": "googlenet-digits"}
    write_json(project / "outputs/register/decision.json", decision)


def put_versions(project, empty_store, *digests):
    """Register versions with these digests of their models."""
    shutil.copy(empty_store, project)
    client = mlflow.MlflowClient(f"sqlite:///{project}/mlflow.db")
    client.create_registered_model("googlenet-digits")
    for digest in digests:
        client.create_model_version("googlenet-digits", str(project), tags={DIGEST: digest})
    return client


@pytest.mark.parametrize(
    ("aliases", "name"),
    [
        ({"candidate": 2}, "googlenet-digits version 2 (candidate)"),
        ({"candidate": 1, "champion": 2}, "googlenet-digits version 2 (champion)"),
    ],
)
def test_the_default_is_the_champion_else_the_candidate(project, model_file, spec, empty_store, aliases, name):
    put_model(project, model_file)
    client = put_versions(project, empty_store, "other", file_digest(model_file))
    for alias, number in aliases.items():
        client.set_registered_model_alias("googlenet-digits", alias, str(number))
    found = find_model(None)
    assert (found.name, found.registered) == (name, ("googlenet-digits", "2"))
    assert found.keras == project / "outputs/train/model.keras"  # the same model, so nothing is downloaded
    assert found.spec() == spec


def test_a_store_that_the_query_does_not_know_is_asked_through_mlflow(project, config, empty_store, monkeypatch):
    client = put_versions(project, empty_store, "d")
    client.set_registered_model_alias("googlenet-digits", "champion", "1")
    by_query = version_in_use(config.tracking, project)
    monkeypatch.setattr("pipeline.tracking.models.aliased_version.QUERY", "SELECT nothing FROM another_schema")
    assert version_in_use(config.tracking, project) == by_query
    assert by_query == AliasedVersion("googlenet-digits", "champion", 1, "d")


def test_a_damaged_file_of_the_workspace_is_not_taken_for_the_version(project, model_file, empty_store):
    put_model(project, model_file)
    client = put_versions(project, empty_store, file_digest(model_file))
    client.set_registered_model_alias("googlenet-digits", "champion", "1")
    content = bytearray((project / "outputs/train/model.keras").read_bytes())
    content[len(content) // 2] ^= 1
    (project / "outputs/train/model.keras").write_bytes(content)
    found = find_model(None)
    assert found.registered == ("googlenet-digits", "1")
    assert found.keras != project / "outputs/train/model.keras"  # a copy of the registry's


@pytest.mark.parametrize("name", ["outputs/train/run.json", "outputs/register/decision.json"])
def test_damaged_records_of_the_workspace_do_not_matter_to_a_version(project, model_file, empty_store, name):
    put_model(project, model_file)
    client = put_versions(project, empty_store, file_digest(model_file))
    client.set_registered_model_alias("googlenet-digits", "champion", "1")
    (project / name).write_text("{")
    assert find_model(None).registered == ("googlenet-digits", "1")


def test_without_a_registry_the_workspaces_model_is_used_if_it_passed_the_gate(project, model_file, spec):
    put_model(project, model_file)
    found = find_model(None)
    assert found.name == "googlenet-digits (the workspace's; not in this registry)"
    assert not (project / "mlflow.db").exists()
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
