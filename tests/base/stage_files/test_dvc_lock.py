import subprocess
import sys

import pytest

from pipeline.base.errors import PipelineError
from pipeline.base.stage_files.dvc_lock import dvc_digest, recorded_outputs, recorded_params

PIPELINE = """
stages:
  copy:
    cmd: cp in.txt out.txt
    deps: [in.txt]
    params: [data]
    outs: [out.txt]
"""


def test_without_a_lock_nothing_is_recorded(tmp_path):
    assert recorded_outputs(tmp_path, "train") == {}
    assert recorded_params(tmp_path, "train") == {}


@pytest.mark.parametrize("text", ["<<<<<<< HEAD\nstages:\n=======\n", "<<<<<<< HEAD\n", "stages: 3\n", "\xff"])
def test_a_damaged_lock_is_one_sentence(tmp_path, text):
    (tmp_path / "dvc.lock").write_text(text, encoding="latin-1")
    with pytest.raises(PipelineError, match="has the marks of a merge; bring it back with git checkout"):
        recorded_outputs(tmp_path, "train")


def test_digests_and_params_are_those_that_dvc_records(tmp_path):
    (tmp_path / "in.txt").write_bytes(b"line\r\nline\n")
    (tmp_path / "params.yaml").write_text("data: {path: photos, classes: null, split: {test: 0.2}}\nmodel: a\n")
    (tmp_path / "dvc.yaml").write_text(PIPELINE)
    for command in (["init", "--no-scm", "-q"], ["repro", "-q"]):
        subprocess.run([sys.executable, "-m", "dvc", *command], cwd=tmp_path, check=True)
    assert recorded_outputs(tmp_path, "copy") == {"out.txt": dvc_digest(tmp_path / "out.txt")}
    assert recorded_outputs(tmp_path, "another") == {}
    assert recorded_params(tmp_path, "copy") == {"data": {"path": "photos", "classes": None, "split": {"test": 0.2}}}
