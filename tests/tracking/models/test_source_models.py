"""Trained networks that the settings name, and the tags that say which they were."""

import hashlib
import sys
from pathlib import Path

import mlflow
import pytest

from pipeline.base.errors import PipelineError
from pipeline.tracking.models.source_models import SourceModel, SourceModels, find_source_model, find_source_models


def digest_of(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


@pytest.fixture
def tracking(config, store):
    return config.tracking.model_copy(update={"uri": store, "experiment": "models"})


def test_a_registered_model_is_fetched_by_alias_and_by_version(keras, run_id, log, tracking, tmp_path):
    model_id = log(run_id)
    mlflow.register_model(f"models:/{model_id}", "digits")
    mlflow.MlflowClient().set_registered_model_alias("digits", "candidate", "1")
    for source in ("models:/digits@candidate", "models:/digits/1"):
        start = find_source_model(source, "init_from", tracking, tmp_path)
        assert keras.models.load_model(start.file).output_shape == (None, 3)
        assert start.tags == {"init_from.digest": digest_of(start.file), "init_from.version": "digits/1"}


def test_the_code_of_a_registered_model_is_not_run(run_id, log, tracking, tmp_path, monkeypatch):
    """Only its network is fetched; MLflow's own loading would run what is in the model's folder."""
    model_id = log(run_id)
    mlflow.register_model(f"models:/{model_id}", "altered")
    files = Path(mlflow.get_logged_model(model_id).artifact_location.removeprefix("file://"))
    code = [file for file in files.rglob("*.py") if file.write_text("raise SystemExit('run')")]
    assert code
    copies = {folder.name for folder in (files / "code").iterdir()}
    for name in [name for name in sys.modules if name.partition(".")[0] in copies]:  # loaded by an earlier test
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(SystemExit, match="run"):
        mlflow.pyfunc.load_model("models:/altered/1")
    assert find_source_model("models:/altered/1", "init_from", tracking, tmp_path).file.suffix == ".keras"


def test_a_registered_model_of_another_library_is_refused(run_id, tracking, tmp_path):
    from sklearn.dummy import DummyClassifier

    kind = DummyClassifier().fit([[0], [1]], [0, 1])
    logged = mlflow.sklearn.log_model(
        kind, name="model", pip_requirements=["scikit-learn"], serialization_format="pickle"
    )
    mlflow.register_model(logged.model_uri, "forest")
    with pytest.raises(PipelineError, match=r"models:/forest/1 holds no \.keras file"):
        find_source_model("models:/forest/1", "init_from", tracking, tmp_path)


def test_a_path_is_taken_from_the_project(tracking, tmp_path):
    (tmp_path / "my.keras").write_bytes(b"weights")
    start = find_source_model("my.keras", "init_from", tracking, tmp_path)
    assert start == SourceModel(tmp_path / "my.keras", {"init_from.digest": digest_of(tmp_path / "my.keras")})
    assert find_source_model(str(tmp_path / "my.keras"), "init_from", tracking, tmp_path / "elsewhere") == start


def test_a_queued_experiment_finds_the_path_in_the_project_it_was_queued_from(tracking, tmp_path, monkeypatch):
    (tmp_path / "my.keras").write_bytes(b"")
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    copy = tmp_path / ".dvc" / "tmp" / "exps" / "one"
    assert find_source_model("my.keras", "init_from", tracking, copy).file == tmp_path / "my.keras"


REFUSED = [
    ("other.keras", "there is no file .*other.keras; correct it"),
    ("outputs/train/model.keras", "DVC removes a stage's outputs before it runs"),
    ("params.yaml", "'params.yaml' is not a .keras file"),
    ("", "'' is not a .keras file"),
    ("models:/digits@best", "MLflow has no model at models:/digits@best: "),
    ("models:/nothing/1", "MLflow has no model at models:/nothing/1: "),
]


@pytest.mark.parametrize(("source", "expected"), REFUSED)
def test_what_is_not_there_is_refused_in_one_sentence(tracking, tmp_path, source, expected):
    for name, key in (("init_from", "init_from"), ("ensemble.2", "ensemble")):
        with pytest.raises(PipelineError, match=rf"^model\.{key}: .*{expected}") as caught:
            find_source_model(source, name, tracking, tmp_path)
        assert "\n" not in str(caught.value)


def test_the_network_to_start_from_and_those_to_average_with_have_tags_of_their_own(config, tracking, tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.keras").write_bytes(name.encode())
    model = config.model.model_copy(update={"init_from": "a.keras", "ensemble": ["b.keras", "a.keras"]})
    named = find_source_models(config.model_copy(update={"model": model, "tracking": tracking}), tmp_path)
    a, b = (digest_of(tmp_path / f"{name}.keras") for name in ("a", "b"))
    assert named == SourceModels(
        tmp_path / "a.keras",
        [tmp_path / "b.keras", tmp_path / "a.keras"],
        {"init_from.digest": a, "ensemble.1.digest": b, "ensemble.2.digest": a},
    )
    assert named.digests == [a, b, a]
    assert find_source_models(config, tmp_path) == SourceModels(None, [], {})


def test_a_silent_server_is_told_at_once(tracking, tmp_path):
    silent = tracking.model_copy(update={"uri": "http://127.0.0.1:9"})
    with pytest.raises(PipelineError, match=r"no MLflow server answers at http://127\.0\.0\.1:9"):
        find_source_model("models:/digits@candidate", "init_from", silent, tmp_path)
