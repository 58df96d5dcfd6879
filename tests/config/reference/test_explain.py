"""`python -m pipeline.params --explain KEY`: meaning, range, value, and what sets it."""

import shutil

import pytest

from pipeline.base.errors import PipelineError
from pipeline.config.compose import compose
from pipeline.config.hydra_api import flatten
from pipeline.config.params_file import write_params
from pipeline.config.reference.explain import explain
from pipeline.config.reference.setting import all_settings


@pytest.fixture
def copied(root, tmp_path):
    """Return a separate project with conf/ and nothing else."""
    shutil.copytree(root / "conf", tmp_path / "conf")
    shutil.copy(root / "dvc.yaml", tmp_path)
    return tmp_path


def test_a_key_has_its_range_meaning_value_and_file(copied):
    text = explain(copied, "recipe.learning_rate")
    assert text.splitlines()[0] == "recipe.learning_rate: number > 0 and ≤ 10"
    assert "highest learning rate" in text
    assert "value: 0.005, set by conf/recipe/quick.yaml" in text
    assert "in conf/recipe/: modern 0.002, paper_2014 0.01, quick 0.005, strong 0.02" in text


@pytest.mark.parametrize(
    ("key", "overrides", "expected"),
    [
        (
            "recipe.learning_rate",
            ["recipe.learning_rate=0.3"],
            "value: 0.3, set by the override recipe.learning_rate=0.3",
        ),
        ("recipe.learning_rate", ["recipe=strong"], "value: 0.02, set by conf/recipe/strong.yaml"),
        ("data.split.test", ["data.split={test: 0.3}"], "value: 0.3, set by the override data.split={test: 0.3}"),
        ("model.width", ["experiment=smoke"], "value: 0.125, set by conf/experiment/smoke.yaml"),
        ("recipe.augment.shift", [], "value: follows data.shift, set by conf/recipe/quick.yaml"),
        ("search.space.widths.per", ["search/space=branches"], "value: branch, set by conf/search/space/branches.yaml"),
    ],
)
def test_an_override_or_the_last_file_that_sets_it_is_named(copied, key, overrides, expected):
    assert expected in explain(copied, key, overrides)


def test_the_overrides_that_params_yaml_records_count(copied):
    write_params(copied, compose(copied, ["recipe=modern", "recipe.epochs=3"]))
    assert "value: 3, set by the override recipe.epochs=3" in explain(copied, "recipe.epochs")
    assert "set by conf/recipe/modern.yaml" in explain(copied, "recipe.learning_rate")


def test_a_key_that_a_file_leaves_out_has_the_default_of_the_schema(copied):
    for file in (copied / "conf/model").glob("*.yaml"):
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if not line.startswith("views:")))
    assert "value: one, set by the schema's default" in explain(copied, "model.views")


def test_an_unknown_key_names_the_nearest(copied):
    with pytest.raises(PipelineError, match=r"unknown key 'recipe.epoch' \(did you mean 'recipe.epochs'\?\)"):
        explain(copied, "recipe.epoch")
    with pytest.raises(PipelineError, match=r"unknown key 'epochs' \(did you mean 'recipe.epochs'\?\)"):
        explain(copied, "epochs")


def test_a_section_is_listed_with_its_values(copied):
    lines = explain(copied, "data.split", ["data.split.test=0.3"]).splitlines()
    assert lines[0] == "data.split.method: stratified   (stable, stratified)"
    assert "data.split.test: 0.3   (number > 0 and < 1)" in lines


def test_every_key_of_the_configuration_has_a_meaning(config):
    settings = {setting.key: setting for setting in all_settings()}
    assert all(setting.meaning.endswith(".") for setting in settings.values())
    keys = flatten(config.model_dump())
    assert {key for key in keys if not key.startswith("model.filters.")} <= settings.keys()
