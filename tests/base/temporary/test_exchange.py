"""Two paths exchanged: at every instant both are there."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.base.temporary import exchange as exchange_module
from pipeline.base.temporary.exchange import exchange
from pipeline.base.temporary.leftovers import remove_leftovers

WATCH = """
import os, sys
missing = 0
print("ready", flush=True)
while os.path.exists(sys.argv[1]):
    missing += not os.path.exists(sys.argv[2])
print(missing)
"""


def write_folders(tmp_path):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "content").write_text(name)


@pytest.mark.parametrize("supported", [True, False])
def test_contents_change_places_and_nothing_else_is_left(tmp_path, monkeypatch, supported):
    write_folders(tmp_path)
    if not supported:
        monkeypatch.setattr(exchange_module, "_exchanged", lambda one, other: False)
    exchange(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old/content").read_text() == "new"
    assert (tmp_path / "new/content").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old"]


def test_another_process_always_finds_the_folder(tmp_path):
    write_folders(tmp_path)
    (tmp_path / "go").touch()
    arguments = [sys.executable, "-c", WATCH, str(tmp_path / "go"), str(tmp_path / "old")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as watcher:
        assert watcher.stdout.readline() == "ready\n"
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            exchange(tmp_path / "new", tmp_path / "old")
        (tmp_path / "go").unlink()
        assert watcher.stdout.read() == "0\n"


def test_without_the_step_a_process_killed_in_between_leaves_both_for_the_next_one(tmp_path, monkeypatch):
    """The old content goes back to its place."""
    write_folders(tmp_path)
    monkeypatch.setattr(exchange_module, "_exchanged", lambda one, other: False)
    real = Path.replace

    def replace(path, target):
        if path.name == "new":
            raise KeyboardInterrupt  # instead of the kill
        return real(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        exchange(tmp_path / "new", tmp_path / "old")
    monkeypatch.undo()
    assert not (tmp_path / "old").exists()
    remove_leftovers(tmp_path)
    assert (tmp_path / "old/content").read_text() == "old"
