"""Packages that are missing, other, or of another project."""

import sys

from pipeline.diagnosis.finding import Verdict
from pipeline.diagnosis.machine.package_checks import (
    check_consistency,
    check_environment,
    check_packages,
    check_python,
)
from pipeline.diagnosis.patient import Patient
from tests.diagnosis.conftest import only


def replaced(project, name, old, new):
    file = project / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_this_python_fits_and_another_range_does_not(project, patient):
    assert only(check_python, patient).verdict is Verdict.OK
    replaced(project, "pyproject.toml", 'requires-python = ">=3.11,<3.14"', 'requires-python = ">=3.99"')
    wrong = only(check_python, patient)
    assert wrong.verdict is Verdict.PROBLEM
    assert "needs >=3.99" in wrong.text


def test_a_package_outside_its_range_and_a_missing_one_are_problems(project, patient):
    replaced(project, "pyproject.toml", '"pyyaml>=6.0,<7"', '"pyyaml>=99", "no-such-package-here"')
    wrong = only(check_packages, patient)
    assert wrong.verdict is Verdict.PROBLEM
    assert "pyyaml>=99 (" in wrong.text
    assert "no-such-package-here (missing)" in wrong.text
    assert "requirements.txt" in wrong.command


def test_another_version_than_the_pinned_one_is_a_warning(project, patient):
    (project / "requirements.txt").write_text("pyyaml==5.0 ; sys_platform == 'linux' or sys_platform == 'darwin' \\\n")
    other = only(check_packages, patient)
    assert other.verdict is Verdict.WARNING
    assert "pinned 5.0" in other.text


def test_packages_that_do_not_fit_together_are_found(patient, tmp_path, monkeypatch):
    folder = tmp_path / "site/odd-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\nRequires-Dist: pyyaml>=99\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
    assert "odd needs pyyaml>=99" in only(check_consistency, patient).text


def test_code_of_another_folder_is_a_problem(root, patient):
    wrong = only(check_environment, patient)
    assert wrong.verdict is Verdict.PROBLEM
    assert f"the code that runs is in {root}" in wrong.text
    assert only(check_environment, Patient(root)).verdict is not Verdict.PROBLEM


def test_commands_that_are_not_found_are_a_problem(root, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert "bin/activate" in only(check_environment, Patient(root)).command
