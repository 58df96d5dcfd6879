"""`models rebuild` as a process, with a project whose stages are a few lines: how it ends when they do not succeed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.base.git.git_command import git
from pipeline.lifecycle.provenance.rebuild.clean_clone import PLACE

ROOT = Path(__file__).parents[4]
WAITS = """
import time
try:
    print("preparing", flush=True)
    time.sleep(300)
except KeyboardInterrupt:
    raise SystemExit(130)
"""
FAILS = """
import os
print(sorted(name for name in os.environ if name.startswith(("MLFLOW", "DVC"))))
raise SystemExit(1)
"""


@pytest.fixture
def rebuild(small_project, register):
    """Return what starts a rebuild of a version whose stage `prepare` is a piece of Python."""

    def start(prepare, dirty="false"):
        (small_project / "pipeline").mkdir()
        (small_project / "pipeline/__init__.py").touch()
        (small_project / "pipeline/prepare.py").write_text(prepare)
        for arguments in (["init", "-q"], ["add", "pipeline", "params.yaml"],
                          ["-c", "user.name=a", "-c", "user.email=b", "commit", "-qm", "stages"]):  # fmt: skip
            git(small_project, *arguments)
        register(tags={"git.commit": git(small_project, "rev-parse", "HEAD"), "git.dirty": dirty})
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline.models", "rebuild"],
            cwd=small_project / "conf",  # the project's folder would be the first in which Python looks for `pipeline`
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    return start


def test_ctrl_c_leaves_nothing_behind(small_project, rebuild):
    process = rebuild(WAITS)
    assert process.stdout
    for line in process.stdout:
        if line.strip() == "preparing":
            break
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (130, "interrupted.\n")
    assert list((small_project / PLACE).iterdir()) == []


def test_a_stage_that_fails_is_one_sentence_and_sees_nothing_of_the_original(small_project, rebuild, monkeypatch):
    monkeypatch.setenv("DVC_EXP_NAME", "mine")
    process = rebuild(FAILS, dirty="true")
    output, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (1, "error: the stage prepare failed in the clone, with exit code 1\n")
    assert "note: code or conf/ had changes that are not in its commit\n" in output
    assert output.endswith("[]\n")  # no variable of MLflow or DVC
    assert list((small_project / PLACE).iterdir()) == []


@pytest.mark.parametrize(
    ("tags", "sentence"),
    [
        ({"git.commit": "none"}, "googlenet-digits version 1 cannot be rebuilt: the commit is not recorded"),
        ({"git.commit": "1" * 40}, "is in no git repository; the code of commit 1111"),
        ({"git.commit": "1" * 40, "trained.device": "TPU"}, "was trained elsewhere, by pipeline.train_jax"),
    ],
)
def test_what_cannot_be_rebuilt_is_one_sentence(small_project, register, command, tags, sentence):
    register(tags=tags)
    ended = command(small_project, "pipeline.models", "rebuild")
    assert (ended.code, len(ended.errors.splitlines())) == (1, 1)
    assert sentence in ended.errors
