"""The outputs, beside dvc.lock."""

import hashlib
import shutil
import subprocess
import sys

import pytest

from pipeline.diagnosis.finding import Verdict
from pipeline.diagnosis.workspace.output_checks import check_outputs
from tests.diagnosis.conftest import only


def lock(project, content=b"content"):
    digest = hashlib.md5(content).hexdigest()
    (project / "dvc.lock").write_text(
        f"stages:\n  train:\n    outs:\n    - path: outputs/train/model.keras\n      md5: {digest}\n"
    )
    return digest


def test_outputs_are_compared_with_dvc_lock(project, patient):
    assert only(check_outputs, patient).verdict is Verdict.OK
    digest = lock(project)
    assert only(check_outputs, patient).command == "dvc pull || dvc repro"
    cached = project / ".dvc/cache/files/md5" / digest[:2] / digest[2:]
    cached.parent.mkdir(parents=True)
    cached.write_bytes(b"content")
    assert only(check_outputs, patient).command == "dvc checkout"
    model = project / "outputs/train/model.keras"
    model.parent.mkdir(parents=True)
    model.write_bytes(b"other")
    assert only(check_outputs, patient).command == "dvc repro"
    model.write_bytes(b"content")
    assert only(check_outputs, patient).verdict is Verdict.OK


def test_links_into_the_originals_cache_are_found(project, patient):
    digest = lock(project)
    original = project.parent / "original/.dvc/cache/files/md5" / digest[:2] / digest[2:]
    original.parent.mkdir(parents=True)
    original.write_bytes(b"content")
    model = project / "outputs/train/model.keras"
    model.parent.mkdir(parents=True)
    model.symlink_to(original)
    assert only(check_outputs, patient).command == "dvc checkout --relink"


@pytest.mark.parametrize("text", ["<<<<<<< HEAD\n", "[]", "a: b", "stages: 3", ": :\n- ["])
def test_a_damaged_dvc_lock_is_a_problem(project, patient, text):
    (project / "dvc.lock").write_text(text)
    assert only(check_outputs, patient).command == "git checkout HEAD -- dvc.lock"


def commit_lock(project):
    git = ["git", "-C", str(project)]
    subprocess.run([*git, "add", "-f", "dvc.lock"], check=True)
    subprocess.run([*git, "commit", "-qm", "lock"], check=True)


def empty_lock(project):
    """Empty the file, also in git's index, as `git add` after the kill does."""
    (project / "dvc.lock").write_text("")
    subprocess.run(["git", "-C", str(project), "add", "-f", "dvc.lock"], check=True)


def test_an_empty_dvc_lock_is_removed_or_taken_from_git(project, patient):
    """DVC empties the file before it writes it: a kill between the two leaves it so, and every command of DVC fails."""
    file = project / "dvc.lock"
    file.touch()
    wrong = only(check_outputs, patient)
    assert wrong.command == "rm dvc.lock"
    wrong.mend()
    assert not file.exists()
    digest = lock(project)
    commit_lock(project)
    empty_lock(project)
    wrong = only(check_outputs, patient)
    assert wrong.command == "git checkout HEAD -- dvc.lock"
    wrong.mend()
    assert digest in file.read_text()
    file.write_text("")
    wrong = only(check_outputs, patient)
    file.write_text("stages: {}")
    assert "whole by now" in wrong.mend()
    assert file.read_text() == "stages: {}"
    empty_lock(project)
    commit_lock(project)
    assert only(check_outputs, patient).command == "rm dvc.lock"


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_repro_mends_what_dvc_left_empty(root, project):
    shutil.copy(root / "Makefile", project)
    (project / ".venv/bin").mkdir(parents=True)
    (project / ".venv/installed").touch()
    doctor_alone = f'case "$2" in pipeline.doctor) PYTHONPATH="{root}" exec "{sys.executable}" "$@";; esac'
    for name, script in {"dvc": "", "python": doctor_alone}.items():
        (project / ".venv/bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (project / ".venv/bin" / name).chmod(0o755)
    digest = lock(project)
    commit_lock(project)
    empty_lock(project)
    (project / ".dvc/tmp").mkdir(parents=True, exist_ok=True)
    (project / ".dvc/tmp/rwlock").touch()
    subprocess.run(["make", "repro"], cwd=project, check=True)
    assert digest in (project / "dvc.lock").read_text()
    assert not (project / ".dvc/tmp/rwlock").exists()
