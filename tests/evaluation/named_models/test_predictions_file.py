"""Predictions read from a file, or from among a project's outputs."""

import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from pipeline.base.errors import PipelineError
from pipeline.base.paths import PREDICTIONS
from pipeline.evaluation.named_models.predictions_file import read_predictions
from pipeline.evaluation.named_models.project_files import file_model, project_model
from tests.evaluated_tables import NAMES, evaluated_table


@pytest.fixture
def table():
    return evaluated_table(["cat", "dog"], ["cat", "cat"])


def test_classes_are_read_and_probabilities_are_not(table, tmp_path):
    table.to_parquet(tmp_path / "p.parquet")
    found, classes = read_predictions(tmp_path / "p.parquet", "p")
    assert classes == NAMES
    assert list(found) == ["path", "digest", "label", "predicted", "confidence", "correct", "loss", "split"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda table: table.drop(columns="digest"), "lacks the column 'digest'"),
        (lambda table: table.drop(columns=["p_cat", "p_dog"]), "lacks columns of class probabilities"),
        (lambda table: table.assign(split="train"), "has no test images"),
        (lambda table: table[:0].drop(columns="split"), "has no test images"),
    ],
)
def test_another_table_is_refused(table, tmp_path, change, sentence):
    change(table).to_parquet(tmp_path / "p.parquet")
    with pytest.raises(PipelineError, match=sentence):
        read_predictions(tmp_path / "p.parquet", "p.parquet")


def first(table, column, value, kind=object):
    """Return the table with another value in the first row of a column."""
    return table.assign(**{column: [value, *table[column].tolist()[1:]]}).astype({column: kind})


@pytest.mark.parametrize(
    ("column", "value", "kind", "sentence"),
    [
        ("label", "cow", object, "its column 'label' has 'cow' in row 1, not one of the table's 3 classes"),
        ("predicted", None, object, "its column 'predicted' has no value in row 1, not one of"),
        ("label", "x\ny" * 99, object, "has 'x.{1,70} in row 1, not one of"),
        ("correct", None, object, "its column 'correct' has no value in row 1, not true or false"),
        ("correct", None, "boolean", "its column 'correct' has no value"),
        ("correct", "yes", str, "its column 'correct' has 'yes' in row 1"),
        ("loss", "low", str, "its column 'loss' has 'low' in row 1, not a finite number, 0 or more"),
        ("loss", None, float, "its column 'loss' has no value"),
        ("loss", float("inf"), float, "its column 'loss' has 'inf' in row 1"),
        ("loss", -1.0, float, "its column 'loss' has '-1.0' in row 1"),
        ("confidence", float("nan"), float, "its column 'confidence' has no value in row 1, not a number from 0 to 1"),
        ("confidence", 1.5, float, "its column 'confidence' has '1.5'"),
        ("digest", None, object, "its column 'digest' has no value in row 1, not text"),
        ("split", "holdout", object, "its column 'split' has 'holdout' in row 1, not train, validation, test"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_one_sentence(table, tmp_path, column, value, kind, sentence):
    first(table, column, value, kind).to_parquet(tmp_path / "p.parquet")
    with pytest.raises(PipelineError, match=sentence) as error:
        read_predictions(tmp_path / "p.parquet", "p.parquet")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda table: table.drop(columns="rank"), "lacks the column 'rank'"),
        (lambda table: table.drop(columns="position"), "lacks the column 'position'"),
        (lambda table: first(table, "rank", 1.5, float), "its column 'rank' has '1.5' in row 1, not a whole number"),
        (
            lambda table: first(table, "rank", 4, int),
            "its column 'rank' has '4' in row 1, not a whole number from 1 to 3",
        ),
        (lambda table: first(table, "p_dog", None, float), "its column 'p_dog' has no value in row 1"),
    ],
)
def test_what_only_scores_need_is_asked_of_no_comparison(table, tmp_path, change, sentence):
    ranked = table.assign(rank=[1, 2])
    change(ranked).to_parquet(tmp_path / "p.parquet")
    with pytest.raises(PipelineError, match=sentence):
        read_predictions(tmp_path / "p.parquet", "p.parquet", whole=True)
    assert len(read_predictions(tmp_path / "p.parquet", "p.parquet")[0]) == 2


def test_columns_of_one_name_are_refused_and_an_index_is_a_column(table, tmp_path):
    table = table.assign(rank=[1, 2])
    arrow = pa.Table.from_pandas(table)
    pq.write_table(arrow.append_column("loss", arrow["loss"]), tmp_path / "twice.parquet")
    with pytest.raises(PipelineError, match="has the column 'loss' twice"):
        read_predictions(tmp_path / "twice.parquet", "twice.parquet")
    table.set_axis([7, 3]).to_parquet(tmp_path / "p.parquet")
    assert "__index_level_0__" in pq.read_schema(tmp_path / "p.parquet").names
    whole, _ = read_predictions(tmp_path / "p.parquet", "p", whole=True)
    assert list(whole) == list(table)
    table.set_index("path").to_parquet(tmp_path / "p.parquet")
    assert list(read_predictions(tmp_path / "p.parquet", "p")[0]["path"]) == list(table["path"])


def test_what_is_no_parquet_file_is_refused_in_one_line(tmp_path):
    (tmp_path / "text.parquet").write_text("no table")
    (tmp_path / "folder.parquet").mkdir()
    for name, sentence in (
        ("text.parquet", "cannot be read as a Parquet file"),
        ("folder.parquet", "is a folder"),
        ("none.parquet", "there is no file"),
    ):
        with pytest.raises(PipelineError, match=sentence) as error:
            read_predictions(tmp_path / name, name)
        assert "\n" not in str(error.value)


@pytest.fixture
def project(table, tmp_path):
    (tmp_path / PREDICTIONS).parent.mkdir(parents=True)
    table.to_parquet(tmp_path / PREDICTIONS)
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"recipe": {"seed": 1}, "gate": {"accuracy": 0.9}}))
    return tmp_path


def test_settings_come_from_dvc_lock_before_params_yaml(project):
    assert project_model(project, "it", "p").settings == {"recipe.seed": 1}
    params = {"params.yaml": {"recipe": {"seed": 2}, "model": {"filters": [1, 2]}}}
    (project / "dvc.lock").write_text(yaml.safe_dump({"stages": {"train": {"params": params}}}))
    assert project_model(project, "it", "p").settings == {"recipe.seed": 2, "model.filters": [1, 2]}


def test_origin_and_fitted_images_are_read_where_they_are_known(project):
    assert project_model(project, "it", "p").facts == {}
    (project / "outputs/train").mkdir()
    (project / "outputs/prepare").mkdir()
    lineage = {"data.digest": "d1", "git.commit": "none", "params.digest": "p1"}
    (project / "outputs/train/run.json").write_text(json.dumps({"run_id": "r1", "lineage": lineage}))
    (project / "outputs/prepare/summary.json").write_text(json.dumps({"images": {"train": 1000, "test": 2}}))
    manifest = {"digest": list("abcd"), "split": ["train", "validation", "test", "train"], "position": [0, 1, 2, -1]}
    pd.DataFrame(manifest).to_parquet(project / "outputs/prepare/manifest.parquet")
    model = project_model(project, "it", "p")
    assert model.facts == {"data digest": "d1", "MLflow run": "r1", "train images": "1,000", "test images": "2"}
    assert model.fitted == {"a", "b"}
    assert model.classes == NAMES


def test_a_file_among_a_projects_outputs_brings_its_settings(project, tmp_path_factory):
    assert file_model(project / PREDICTIONS).settings == {"recipe.seed": 1}
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "p.parquet"
    (project / PREDICTIONS).rename(elsewhere)
    assert file_model(elsewhere).settings == {}


@pytest.mark.parametrize("content", [b"\xff", b"[1]", b"{}"])
@pytest.mark.parametrize("name", ["outputs/train/run.json", "outputs/prepare/summary.json"])
def test_a_damaged_record_beside_the_predictions_is_one_sentence(project, name, content):
    (project / name).parent.mkdir()
    (project / name).write_bytes(content)
    with pytest.raises(PipelineError, match=rf"{name} is damaged: .* dvc repro --force"):
        project_model(project, "it", "p")


@pytest.mark.parametrize("content", [b"\xff", b"[}", b"[1]"])
def test_damaged_settings_are_one_sentence(project, content):
    (project / "params.yaml").write_bytes(content)
    with pytest.raises(PipelineError, match=r"params\.yaml of .* is no YAML mapping"):
        project_model(project, "it", "p")
