"""`make clean`: what a process uses stays, everything else goes, with nothing but Python's standard library."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.base.locks import unused_folders
from pipeline.base.locks.process_lock import process_lock, try_lock
from pipeline.base.locks.unused_folders import remove_all

ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path):
    """A project with two trainings and two preparations, and what a killed command left."""
    for name in ("Makefile", "pipeline/__init__.py", "pipeline/base/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "pipeline/base/locks", tmp_path / "pipeline/base/locks")
    for folder in (".checkpoints/used", ".checkpoints/free", ".prepared/size/work-used", ".prepared/size/work-free"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "lock").touch()
        (tmp_path / folder / "file").touch()
    (tmp_path / ".prepared/lock").touch()
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs/.partial-123-0123456789ab-abcdefgh.json").touch()
    (tmp_path / ".mypy_cache").mkdir()
    return tmp_path


def clean(project, python):
    command = ["make", "--no-print-directory", "clean", f"PYTHON={python}"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)


def test_what_a_process_uses_stays(project):
    with (
        process_lock(project / ".checkpoints/used/lock", pytest.fail),
        process_lock(project / ".prepared/size/work-used/lock", pytest.fail),
    ):
        printed = clean(project, f"{sys.executable} -S").stdout
    assert [line.partition(":")[0] for line in printed.splitlines()] == [
        "kept .checkpoints/used", "kept .prepared/size/work-used"
    ]  # fmt: skip
    left = {str(path.relative_to(project)) for path in project.rglob("file")}
    assert left == {".checkpoints/used/file", ".prepared/size/work-used/file"}
    assert not [*project.rglob(".partial-*"), *project.glob(".mypy_cache")]


def test_what_nobody_uses_goes(project):
    done = clean(project, f"{sys.executable} -S")
    assert done.stdout + done.stderr == ""
    assert {path.name for path in project.iterdir()} == {"Makefile", "pipeline", "outputs"}


def test_without_python_the_rest_goes(project):
    assert ".checkpoints and .prepared stay" in clean(project, "no-such-python").stderr
    assert (project / ".checkpoints/free/file").exists()
    assert not [*project.rglob(".partial-*"), *project.glob(".mypy_cache")]


def test_what_begins_meanwhile_stays(project, monkeypatch):
    used = project / ".checkpoints/begun"

    def begin_another(path):
        if not used.exists():
            used.mkdir()
            (used / "file").touch()
        return try_lock(path)

    monkeypatch.setattr(unused_folders, "try_lock", begin_another)
    monkeypatch.chdir(project)
    remove_all(".checkpoints")
    assert [path.name for path in (project / ".checkpoints").rglob("*")] == ["begun", "file"]


def test_what_another_user_has_locked_stays(project, monkeypatch, capsys):
    monkeypatch.chdir(project)
    (project / ".checkpoints/used/lock").chmod(0)
    for path in (".", ".checkpoints", ".checkpoints/free", ".checkpoints/free/lock"):
        Path(path).chmod(0o777)
    me = os.geteuid()
    os.seteuid(me or 65534)  # root may open every file
    try:
        remove_all(".checkpoints")
    finally:
        os.seteuid(me)
    assert capsys.readouterr().out == "kept .checkpoints/used: it cannot be locked (Permission denied)\n"
    assert [path.name for path in (project / ".checkpoints").iterdir()] == ["used"]
