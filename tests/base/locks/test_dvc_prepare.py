"""The prepared data while another DVC command is in the way, with a script in the place of `dvc`."""

import json
import os
import subprocess
import sys

import pytest

from pipeline.base.errors import PipelineError
from pipeline.base.locks import dvc_prepare
from pipeline.base.locks.dvc_locks import RWLOCK
from pipeline.base.locks.dvc_prepare import prepare_through_dvc


@pytest.fixture
def dvc(tmp_path, monkeypatch):
    """Put a `dvc` first in PATH that runs these lines of a shell; return the project's folder."""
    monkeypatch.setattr(dvc_prepare, "PAUSE", 0.01)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    def write(lines):
        (tmp_path / "dvc").write_text(f"#!/bin/sh\necho tried >> tries\n{lines}\n")
        (tmp_path / "dvc").chmod(0o755)
        return tmp_path

    return write


def tries(root):
    return len((root / "tries").read_text().splitlines())


def test_a_command_that_ended_while_it_was_in_the_way_is_not_a_failure(dvc, capsys):
    with subprocess.Popen([sys.executable, "-c", "input()", "dvc"], stdin=subprocess.PIPE) as other:
        root = dvc(f"test -e free && exit 0; touch free; kill {other.pid}; sleep 0.3; exit 255")
        (root / RWLOCK).parent.mkdir(parents=True)
        table = {"write": {"data": {"pid": other.pid, "cmd": "dvc commit"}}, "read": {}}
        (root / RWLOCK).write_text(json.dumps(table), encoding="utf-8")
        prepare_through_dvc(root)
    assert tries(root) == 2
    assert (
        capsys.readouterr().out == f"waiting for pid {other.pid} (dvc commit), which has DVC's lock on this project\n"
    )


def test_a_failure_that_is_no_others_is_said_at_once(dvc):
    root = dvc("exit 1")
    with pytest.raises(PipelineError, match="this shows why: dvc repro prepare"):
        prepare_through_dvc(root)
    assert tries(root) == 1
