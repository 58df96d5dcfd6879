import json

import pytest

from pipeline.base.errors import PipelineError
from pipeline.base.paths import DECISION, MODEL, RUN, TEST_METRICS
from pipeline.config.params_file import read_params
from pipeline.lifecycle.alignment.workspace_result import NEEDED, check_complete, read_result
from tests.lifecycle.conftest import NAME

GOOD = {
    "registered": True, "reason": "registered", "criteria": [], "champion": None, "name": NAME,
    "model_digest": "d" * 64, "test_digest": "t" * 64,
}  # fmt: skip


def write(project, path, value):
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    (project / path).write_text(value if isinstance(value, str) else json.dumps(value))


@pytest.fixture
def complete(project):
    write(project, DECISION, GOOD)
    for path in (*NEEDED, TEST_METRICS):
        write(project, path, {"model_digest": "d" * 64})
    return project


def test_a_complete_workspace_passes(complete):
    check_complete(read_result(complete), read_params(complete), complete)


def test_no_result_is_one_sentence(project):
    with pytest.raises(PipelineError, match="there is no result yet; make one with dvc repro"):
        read_result(project)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"registered": true, "model_digest": "d"}', "null"])
def test_a_damaged_decision_is_one_sentence(project, text):
    write(project, DECISION, text)
    with pytest.raises(PipelineError, match="is damaged; git checkout"):
        read_result(project)


def test_files_of_two_trainings_are_refused(complete):
    write(complete, RUN, {"model_digest": "e" * 64})
    with pytest.raises(PipelineError, match="are of two trainings; dvc checkout"):
        read_result(complete)


@pytest.mark.parametrize("text", ["", "<<<<<<< ours", "[]", "{}"])
def test_a_damaged_record_of_the_training_is_one_sentence(complete, text):
    write(complete, RUN, text)
    with pytest.raises(PipelineError, match=r"run.json is damaged; bring it back with dvc checkout"):
        read_result(complete)


@pytest.mark.parametrize("path", [MODEL, RUN])
def test_a_missing_file_names_dvc(complete, path):
    (complete / path).unlink()
    with pytest.raises(PipelineError, match="is missing; bring it back with dvc checkout, or from a remote with"):
        check_complete(read_result(complete), read_params(complete), complete)


def test_other_settings_than_those_of_the_result_are_refused(complete):
    lock = {"stages": {"train": {"params": {"params.yaml": {"recipe": {"epochs": 99}}}}}}
    write(complete, "dvc.lock", lock)
    with pytest.raises(PipelineError, match=r"params.yaml's section recipe is not what the result .* git checkout"):
        check_complete(read_result(complete), read_params(complete), complete)


def test_another_registered_name_is_refused(complete):
    write(complete, DECISION, GOOD | {"name": "other"})
    with pytest.raises(PipelineError, match=r"decision\.json is about other, but tracking\.registered_model is"):
        check_complete(read_result(complete), read_params(complete), complete)


def test_a_decision_of_an_earlier_version_is_refused(complete):
    write(complete, DECISION, {key: value for key, value in GOOD.items() if key != "criteria"})
    with pytest.raises(PipelineError, match="earlier version of this project; run dvc repro register"):
        check_complete(read_result(complete), read_params(complete), complete)


@pytest.mark.parametrize(
    "change",
    [
        {"champion": {"promoted": True, "reason": "first"}},
        {"champion": True},
        {"criteria": [{"metric": "accuracy", "floor": 0.9}]},
        {"criteria": {"accuracy": 0.9}},
    ],
)
def test_a_decision_of_another_shape_is_refused(complete, change):
    write(complete, DECISION, GOOD | change)
    with pytest.raises(PipelineError, match="earlier version of this project; run dvc repro register"):
        check_complete(read_result(complete), read_params(complete), complete)
