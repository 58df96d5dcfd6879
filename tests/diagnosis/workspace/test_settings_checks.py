"""Settings that are not those of conf/, and images that are not there."""

import pytest

from pipeline.config.compose import compose
from pipeline.config.params_file import write_params
from pipeline.diagnosis.finding import Verdict
from pipeline.diagnosis.patient import Patient
from pipeline.diagnosis.workspace.settings_checks import check_data, check_settings
from tests.diagnosis.conftest import only


def test_settings_that_match_are_fine(patient):
    assert only(check_settings, patient).verdict is Verdict.OK
    assert list(check_data(patient)) == []


@pytest.mark.parametrize("text", ["", "a: [", "recipe: 1\n"])
def test_settings_that_cannot_be_read_are_a_problem_with_the_command(project, patient, text):
    (project / "params.yaml").write_text(text)
    wrong = only(check_settings, patient)
    assert wrong.verdict is Verdict.PROBLEM
    assert wrong.command == "python -m pipeline.params"


def test_an_edit_in_conf_is_a_problem_with_the_command_that_keeps_the_overrides(project):
    write_params(project, compose(project, ["recipe.epochs=3"]))
    file = project / "conf/gate/default.yaml"
    file.write_text(file.read_text().replace("0.9", "0.8"))
    wrong = only(check_settings, Patient(project))
    assert wrong.verdict is Verdict.PROBLEM
    assert wrong.command == "python -m pipeline.params recipe.epochs=3"


def test_images_that_are_gone_are_a_problem_unless_they_are_prepared(project):
    write_params(project, compose(project, ["data=folder", "data.path=photos"]))
    assert only(check_data, Patient(project)).verdict is Verdict.PROBLEM
    (project / "outputs/prepare/images").mkdir(parents=True)
    (project / "dvc.lock").write_text("stages:\n  prepare:\n    params:\n      params.yaml:\n        data: {name: x}\n")
    prepared = only(check_data, Patient(project))
    assert (prepared.verdict, prepared.command) == (Verdict.WARNING, "dvc repro --allow-missing")
    (project / "photos").mkdir()
    assert only(check_data, Patient(project)).verdict is Verdict.OK
