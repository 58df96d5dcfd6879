"""The settings that a clone gets."""

import shutil

import mlflow
import pytest
import yaml

from pipeline.base.digests import SHORT, file_digest
from pipeline.base.errors import PipelineError
from pipeline.lifecycle.provenance.origin.recorded_run import recorded_run
from pipeline.lifecycle.provenance.rebuild.rebuild_settings import data_path, write_settings


@pytest.fixture
def recorded(small_project, register):
    """Return what registers a version trained with some settings, and returns its record."""

    def add(model=None, data=None, tags=None, digest="d" * 64):
        values = yaml.safe_load((small_project / "params.yaml").read_text())
        values["model"] |= model or {}
        values["data"] |= data or {}
        values["tracking"]["uri"] = "http://elsewhere.example"
        kept = (small_project / "params.yaml").read_text()
        (small_project / "params.yaml").write_text(yaml.safe_dump(values))
        version = register(digest, tags)
        (small_project / "params.yaml").write_text(kept)
        return recorded_run(mlflow.MlflowClient(), version)

    return add


def written(project):
    return yaml.safe_load((project / "params.yaml").read_text())


def test_runs_stay_in_the_clone_and_photos_are_found(small_project, recorded, tmp_path):
    here = recorded(data={"path": "photos/日本"})
    write_settings(here, small_project, tmp_path)
    assert written(tmp_path)["tracking"]["uri"] is None
    assert written(tmp_path)["data"]["path"] == str(small_project / "photos/日本")
    assert data_path(here, small_project) == small_project / "photos/日本"
    away = recorded(data={"path": "s3://bucket/photos"}, digest="e" * 64)
    write_settings(away, small_project, tmp_path)
    assert written(tmp_path)["data"]["path"] == "s3://bucket/photos"
    assert data_path(away, small_project) is None


def test_parents_are_files_as_they_were(small_project, recorded, stored, tmp_path):
    parent = recorded()
    first = stored(parent.version, "data/model.keras")
    shutil.copy(first, small_project / "mine.keras")
    digest = file_digest(first)[:SHORT]
    tags = {"init_from.digest": digest, "init_from.version": "googlenet-digits/1", "ensemble.2.digest": digest}
    tags |= {"ensemble.1.digest": digest, "ensemble.1.version": "googlenet-digits/1"}
    model = {
        "init_from": "models:/googlenet-digits@candidate",
        "ensemble": ["models:/googlenet-digits/1", "mine.keras"],
    }
    write_settings(recorded(model, tags=tags, digest="e" * 64), small_project, tmp_path)
    settings = written(tmp_path)["model"]
    for place in (settings["init_from"], *settings["ensemble"]):
        assert (tmp_path / place).read_bytes() == first.read_bytes()


@pytest.mark.parametrize(
    ("source", "tags", "sentence"),
    [
        ("gone.keras", {"init_from.digest": "1" * 16}, "gone.keras, from which it was made, is gone"),
        ("other.keras", {"init_from.digest": "1" * 16}, "is another file now"),
        ("models:/a@b", {"init_from.digest": "1" * 16}, "which version models:/a@b was is not recorded"),
        (
            "models:/a@b",
            {"init_from.digest": "1" * 16, "init_from.version": "a/1"},
            "MLflow has no model at models:/a/1",
        ),
    ],
)
def test_a_parent_that_is_gone_is_one_sentence(small_project, recorded, tmp_path, source, tags, sentence):
    (small_project / "other.keras").write_text("another")
    with pytest.raises(PipelineError) as caught:
        write_settings(recorded({"init_from": source}, tags=tags), small_project, tmp_path)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_run_without_settings_is_one_sentence(small_project, recorded, tmp_path):
    from dataclasses import replace

    with pytest.raises(PipelineError, match=r"has no params.yaml: its settings are not known"):
        write_settings(replace(recorded(), params_text=None), small_project, tmp_path)
