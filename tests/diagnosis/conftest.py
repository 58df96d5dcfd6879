"""A project to examine."""

import shutil
import subprocess

import pytest

from pipeline.diagnosis.patient import Patient
from pipeline.tracking.local_store import ARTIFACTS, STORE
from pipeline.tracking.relocation import relocate


@pytest.fixture
def project(root, tmp_path):
    """The project's settings in a git repository with a commit; no store, no results."""
    home = tmp_path / "project"
    home.mkdir()
    for name in ("conf", ".dvc"):
        shutil.copytree(root / name, home / name, ignore=shutil.ignore_patterns("tmp", "cache", "config.local"))
    for name in ("params.yaml", "dvc.yaml", "pyproject.toml", "requirements.txt", ".gitignore"):
        shutil.copy(root / name, home)
    git = ["git", "-C", str(home), "-c", "user.name=t", "-c", "user.email=t@localhost"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "project"]):
        subprocess.run([*git, *command], check=True)
    for key, value in (("user.name", "t"), ("user.email", "t@localhost")):
        subprocess.run([*git, "config", key, value], check=True)
    return home


@pytest.fixture
def patient(project):
    return Patient(project)


@pytest.fixture
def stored(project, empty_store):
    """The project with a store that has no runs."""
    shutil.copy(empty_store, project)
    relocate(project / STORE, project / ARTIFACTS)
    return Patient(project)


def found(check, patient):
    """Return verdict, text and command of each finding."""
    return [(str(one.verdict), one.text, one.command) for one in check(patient)]


def only(check, patient):
    (one,) = check(patient)
    return one
